/** Trainings on a thread of their own: in a web worker, whose page stays responsive, or behind any message port. */
export type { PortEventName, RemoteOptions, TrainingPort } from "./messages.ts";
export { type JobMaker, serveTrainings } from "./serve-trainings.ts";
export { trainInWorker, type WorkerTraining, type WorkerTrainingOptions } from "./train-in-worker.ts";
