/** A page to try a model of images: a picture is chosen, dropped or pasted, and the model says what it shows. */
import { formPage, type TryPage } from "./try-page.ts";

/** The page of a model of images. */
export function picturePage(target: string): TryPage {
  const body = `<h1></h1><form><label>A picture: choose one, drop it here or paste it<input type="file" accept="image/*"></label></form><img alt="" hidden><p><small>Programs: <code>POST /predict</code> with its bytes, <a href="/openapi.json">OpenAPI</a></small></p><output aria-live="polite"></output>`;
  return formPage({
    title: "nabla serve",
    data: { target },
    body,
    behaviour,
    style: "img { max-width: 16rem; max-height: 16rem; margin-top: 1rem; image-rendering: pixelated }",
    images: "blob:",
  });
}

const behaviour = `
document.querySelector("h1").textContent = "Predict " + model.target;
const [output, image, input] = ["output", "img", "input"].map((name) => document.querySelector(name));
const show = async (file) => {
  URL.revokeObjectURL(image.src);
  Object.assign(image, { src: URL.createObjectURL(file), alt: file.name, hidden: false });
  const response = await fetch("/predict", { method: "POST", headers: { "content-type": file.type || "application/octet-stream" }, body: file });
  const { prediction, probabilities = {}, error } = await response.json();
  if (error !== undefined) {
    output.replaceChildren(make("p", { className: "error", textContent: error.message }), make("p", {}, make("small", { textContent: error.hint ?? "" })));
    return;
  }
  const shares = Object.entries(probabilities).sort((a, b) => b[1] - a[1]).slice(0, 10);
  output.replaceChildren(
    make("p", {}, make("strong", { textContent: model.target + ": " + [prediction].flat().join(", ") })),
    ...shares.map(([name, share]) => make("p", {}, make("meter", { value: share }), make("small", { textContent: name + " " + (100 * share).toFixed(1) + " %" }))));
};
const ask = (files) => {
  if (files[0] === undefined) return;
  show(files[0]).catch((error) => output.replaceChildren(make("p", { className: "error", textContent: "the server does not answer: " + error.message })));
};
input.addEventListener("change", () => ask(input.files));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); ask(event.dataTransfer.files); });
addEventListener("paste", (event) => ask(event.clipboardData.files));
`;
