// Reads flowcharts as Mermaid does. Standard input is a JSON list of texts; the answer is a list of what is wrong with each,
// null where nothing is. The argument is the folder with the npm packages.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.argv[2], "package.json"));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
for (const name of ["Element", "DocumentFragment", "Node", "HTMLTemplateElement", "NodeFilter", "DOMParser"]) globalThis[name] = window[name];
const { default: mermaid } = await import(pathToFileURL(require.resolve("mermaid/dist/mermaid.core.mjs")));

const answers = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const { diagramType } = await mermaid.parse(text);
    answers.push(diagramType.startsWith("flowchart") ? null : `it is a ${diagramType}`);
  } catch (error) {
    answers.push(String(error.message ?? error));
  }
}
console.log(JSON.stringify(answers));
