// What a test in the extension host needs: names, waiting, and the workspace as it was.
const vscode = require('vscode');

const tests = [];
const folder = () => vscode.workspace.workspaceFolders[0].uri;
const at = (path) => vscode.Uri.joinPath(folder(), path);

/** Declares a test. */
function test(name, run) {
  tests.push({ name, run });
}

/** Runs all, and fails if one does. Each begins with the files as they are shipped, and no editor. */
async function runAll() {
  let failed = 0;
  for (const { name, run } of tests) {
    const started = Date.now();
    try {
      await run();
      console.log(`[test] ok   ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`[test] FAIL ${name}: ${error.stack ?? error}`);
    }
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await revertAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
  console.log(`[test] ${tests.length - failed} of ${tests.length} tests in the extension host passed`);
  if (failed) {
    throw new Error(`${failed} failed`);
  }
}

async function revertAll() {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
}

/** Opens a file of the workspace in an editor. */
async function open(path) {
  const document = await vscode.workspace.openTextDocument(at(path));
  return vscode.window.showTextDocument(document);
}

/** Asks again until there is an answer that counts. */
async function until(what, ask, milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`no ${what} within ${milliseconds / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The place of some words in a document: their start, or as many characters behind it. */
function place(document, words, offset = 0) {
  const start = document.getText().indexOf(words);
  if (start < 0) {
    throw new Error(`${document.uri.path} does not have \`${words}\``);
  }
  return document.positionAt(start + offset);
}

/** Replaces words of a document, without saving. */
async function replace(document, words, by) {
  const start = place(document, words);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(start, place(document, words, words.length)), by);
  await vscode.workspace.applyEdit(edit);
}

/** The findings of the language server about a file, as soon as they are as wanted. */
function findings(path, wanted) {
  const ask = () => {
    const found = vscode.languages.getDiagnostics(at(path)).filter(({ source }) => source === 'xks');
    return wanted(found) ? found : undefined;
  };
  return until(`findings as wanted in ${path}`, ask);
}

const codeOf = ({ code }) => (typeof code === 'object' ? code.value : code);

module.exports = { test, runAll, open, until, place, replace, findings, codeOf, at };
