/** The workbench as a library: data in, runs stored, models out. What the command does, programs do through here. */

export type { ImageShape } from "nabla/images";
export type { ColumnProfile, Profile, ReadTable, TaskChoice } from "nabla/tables";
export { type Exported, type ExportOptions, exportModel } from "./exchange/export-model.ts";
export { type Imported, type ImportOptions, importModel } from "./exchange/import-model.ts";
export { experimentSchema } from "./experiment/experiment-schema.ts";
export {
  type Experiment,
  experimentFields,
  type PartialExperiment,
  type ResolvedExperiment,
} from "./experiment/fields.ts";
export { flagOf } from "./experiment/option-words.ts";
export { openParts, type Parts, type PartsOptions, prepareParts } from "./experiment/parts.ts";
export type { Plan } from "./experiment/plan.ts";
export { planExperiment, planWithoutLeaks } from "./experiment/plan.ts";
export { parseExperiment, readExperiment } from "./experiment/read-experiment.ts";
export { jobOf, resolveExperiment } from "./experiment/resolve.ts";
export { writeFileAtomic } from "./host/atomic-files.ts";
export { type AdjustOptions, adjustRun } from "./live/call.ts";
export { type LiveCommand, parseLiveCommands } from "./live/live-command.ts";
export type { Done } from "./live/request-channel.ts";
export { type ReportOptions, reportPlace, type WrittenReport, writeReport } from "./report/report.ts";
export { bootstrapError } from "./runs/bootstrap.ts";
export { type ComparedRun, compareRuns, type RunComparison } from "./runs/compare-runs.ts";
export type { BoundaryAxis, DecisionBoundary } from "./runs/decision-boundary.ts";
export { type DiagnosedRun, type DiagnoseRunOptions, diagnoseRun } from "./runs/diagnose-run.ts";
export { type Ensemble, type EnsembleOptions, ensembleRuns, type Member } from "./runs/ensemble-runs.ts";
export { type EvaluateFileOptions, evaluateFile, type FileEvaluation } from "./runs/evaluate-file.ts";
export { type Evaluation, evaluateRun, type PartName } from "./runs/evaluate-run.ts";
export type { ExplainedFile, ExplainedPictures } from "./runs/explain-pictures.ts";
export { type ExplainedRow, type ExplainRunOptions, type Explanation, explainRun } from "./runs/explain-run.ts";
export { type OpenModelOptions, openModel } from "./runs/open-model.ts";
export { type PredictedFile, type PredictOptions, predictFile } from "./runs/predict-file.ts";
export { replay } from "./runs/replay.ts";
export { differences, rerun } from "./runs/rerun.ts";
export { type ResumeOptions, resumeRun } from "./runs/resume-run.ts";
export { documentOf, type TrainDocument } from "./runs/run-document.ts";
export type { RunEvent, RunResult } from "./runs/run-events.ts";
export type { RunFile } from "./runs/run-files.ts";
export { type TrainFileOptions, trainFile, trainPlan } from "./runs/train-file.ts";
export { untilGood } from "./runs/until-good.ts";
export type * from "./server/cockpit/api.ts";
export type * from "./server/cockpit/api-models.ts";
export type * from "./server/cockpit/api-run.ts";
export type * from "./server/cockpit/api-start.ts";
export type * from "./server/cockpit/api-studies.ts";
export { type Cockpit, type CockpitOptions, openCockpit } from "./server/cockpit/cockpit.ts";
export { type ModelServer, type ServeOptions, serveModel } from "./server/model-server.ts";
export type { RowEntry } from "./server/try-page.ts";
export type { DataFormat } from "./sources/data-format.ts";
export type { DataPart } from "./sources/data-part.ts";
export { type DataSource, hashData, type OpenDataOptions, openData } from "./sources/data-source.ts";
export type { Bytes, ExpansionLimit } from "./sources/decompress.ts";
export { hashFile } from "./sources/file-bytes.ts";
export { imageShapeOf } from "./sources/image-shape.ts";
export { prefetch } from "./sources/prefetch.ts";
export type { ReadOptions } from "./sources/profile.ts";
export { holdsImages, type ReadImages, type ReadImagesOptions, readImages } from "./sources/read-images.ts";
export { profile, readTable } from "./sources/read-table.ts";
export { type RowFile, type RowFileOptions, rowFile } from "./sources/row-file.ts";
export { type ExpectedColumn, type Scan, type ScanOptions, scan } from "./sources/scan.ts";
export { type LoadedCheckpoint, loadCheckpoint, saveCheckpoint } from "./store/checkpoint.ts";
export { modelFolders } from "./store/model-folder.ts";
export { type OpenOptions, openStore, openStores, openStudyStore, type Stores } from "./store/open.ts";
export type {
  Run,
  RunDraft,
  RunHistory,
  RunMarks,
  RunOutcome,
  RunStatus,
  Score,
  TestEvaluation,
} from "./store/run.ts";
export type { Happenings, RunChange, RunFilter, RunStamp, RunStore, RunTail } from "./store/run-store.ts";
export { findStore, type StorePlace } from "./store/store-place.ts";
export type {
  Claim,
  StoredStudy,
  StoredTrial,
  StudyDraft,
  TrialDraft,
  TrialPlace,
} from "./store/study.ts";
export type { StudyChange, StudyStore } from "./store/study-store.ts";
export { loadTrained, saveTrained, type TrainedModel } from "./store/trained-model.ts";
export type { TuneOptions } from "./studies/search.ts";
export { readSpace, spaceFor } from "./studies/search-space.ts";
export type { Decision, Finalist, StudyEvent, StudyPlan, StudyResult } from "./studies/study-events.ts";
export { planStudy, reopenStudy, type StudyRequest } from "./studies/study-plan.ts";
export type { TrialExecutor, TrialTask } from "./studies/trial-executor.ts";
export { tuneStudy } from "./studies/tune-study.ts";
export { type ExecutorOptions, openExecutor } from "./workers/open-executor.ts";
export { type QueuePace, type TakenTrial, TrialQueue } from "./workers/trial-queue.ts";
export { type WorkerEvent, type WorkOptions, work } from "./workers/worker.ts";
