// Commands, tasks, settings and the language's configuration.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vscode = require('vscode');
const { at, codeOf, findings, open, place, replace, until } = require('./harness.cjs');

const finding = (uri, from, named) =>
  vscode.languages.getDiagnostics(uri).find(({ source, code }) => source === from && code === named);

/** Runs a task to its end. */
async function exitCode(task) {
  const exit = new Promise((resolve) => {
    const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name === task.name) {
        subscription.dispose();
        resolve(exitCode);
      }
    });
  });
  await vscode.tasks.executeTask(task);
  return exit;
}

module.exports = (test) => {
  test('the extension starts, with every command that it contributes', async () => {
    const extension = vscode.extensions.getExtension('xks.xks');
    await extension.activate();
    const known = new Set(await vscode.commands.getCommands(true));
    for (const { command } of extension.packageJSON.contributes.commands) {
      assert.ok(known.has(command), command);
    }
    assert.ok(known.has('xks.showReferences'));
  });

  test('a file ending in .xks is of the language, indented by two and formatted when saved', async () => {
    const { document, options } = await open('tenants/catalog.xks');
    assert.equal(document.languageId, 'xks');
    assert.equal(options.tabSize, 2);
    const editor = vscode.workspace.getConfiguration('editor', document);
    assert.equal(editor.get('formatOnSave'), true);
    assert.equal(editor.get('wordBasedSuggestions'), 'off');
  });

  test('Enter indents in braces and behind a comma, and goes on with a comment', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'xks', content: '' });
    const editor = await vscode.window.showTextDocument(document);
    const typed = async (text) => {
      await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), ''));
      for (const part of text.split(/(?<=\n)|(?=\n)/)) {
        await vscode.commands.executeCommand('type', { text: part });
      }
      return document.getText();
    };
    const config = vscode.workspace.getConfiguration('editor', document);
    assert.equal(config.get('autoClosingBrackets'), 'languageDefined');
    // The grammar may still be on its way.
    const list = 'allow web,\n  bff,\n  cart -> api\napp x';
    await until('indentation', async () => (await typed('allow web,\nbff,\ncart -> api\napp x')) === list);
    assert.equal(await typed('app web {\nport http 8080'), 'app web {\n  port http 8080\n}');
    await typed('# one two');
    editor.selection = new vscode.Selection(0, 6, 0, 6);
    await vscode.commands.executeCommand('type', { text: '\n' });
    assert.equal(document.getText(), '# one \n# two');
  });

  test('a word is a name, with its hyphens', async () => {
    const { document } = await open('tenants/catalog.xks');
    const word = (words, offset) => document.getText(document.getWordRangeAtPosition(place(document, words, offset)));
    assert.equal(word('pictures-ca', 3), 'pictures-ca');
    assert.equal(word('${domain}', 4), 'domain');
    assert.equal(word('to shop-frontend', 10), 'shop-frontend');
  });

  test('there are tasks for check, build and fmt, and check reports to the Problems panel', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'xks' });
    assert.deepEqual(tasks.map(({ name }) => name).sort(), ['build', 'check', 'fmt']);
    const { document } = await open('tenants/payments.xks');
    const shipped = document.getText();
    await replace(document, 'export api:http to orders\n', '');
    await document.save();
    try {
      const offered = tasks.find(({ name }) => name === 'check');
      assert.deepEqual(offered.problemMatchers, [], 'the server reports already');
      const { definition, scope, name, source, execution } = offered;
      const check = new vscode.Task(definition, scope, name, source, execution, '$xks');
      // VS Code may lose the last lines of a task that ends before its first terminal is drawn.
      const matched = await until('finding of the task', async () => {
        assert.equal(await exitCode(check), 1);
        return until('finding', () => finding(at('tenants/orders/orders.xks'), 'xks check', 'not-exported'), 3000).catch(() => {});
      });
      assert.equal(matched.severity, vscode.DiagnosticSeverity.Error);
      assert.match(matched.message, /has not exported `api:http`/);
    } finally {
      const whole = new vscode.Range(0, 0, document.lineCount, 0);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, whole, shipped);
      await vscode.workspace.applyEdit(edit);
      await document.save();
    }
  });

  test('a task runs the compiler, wherever it is, and ends as it does', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "xks it's in $HOME "));
    const program = path.join(folder, 'xks');
    fs.writeFileSync(program, '#!/bin/sh\n[ "$*" = check ] && exit 7\n', { mode: 0o755 });
    const settings = vscode.workspace.getConfiguration('xks');
    const set = (value) => settings.update('cli.path', value, vscode.ConfigurationTarget.Workspace);
    await set(program);
    try {
      const tasks = await vscode.tasks.fetchTasks({ type: 'xks' });
      assert.equal(await exitCode(tasks.find(({ name }) => name === 'check')), 7);
    } finally {
      await set(undefined);
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('a finding has its page', async () => {
    const editor = await open('tenants/payments.xks');
    await replace(editor.document, 'allow ledger', 'allow legder');
    const [found] = await findings('tenants/payments.xks', (all) => all.some((one) => codeOf(one) === 'unknown-app'));
    const actions = await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider',
      editor.document.uri,
      found.range,
    );
    const explain = actions.find(({ title }) => title === 'Explain unknown-app');
    assert.ok(explain, actions.map(({ title }) => title).join(', '));
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('xks-explain:/unknown-app.md'));
    assert.match(page.getText(), /^# unknown-app\n/);
    assert.equal(page.languageId, 'markdown');
  });

  test('every snippet is a statement that the compiler can read', async () => {
    const extension = vscode.extensions.getExtension('xks.xks');
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension.extensionUri, 'snippets/xks.json'));
    const snippets = Object.entries(JSON.parse(new TextDecoder().decode(bytes)));
    assert.ok(snippets.length >= 14, `only ${snippets.length} snippets`);
    const document = await vscode.workspace.openTextDocument(at('platform.xks'));
    const editor = await vscode.window.showTextDocument(document);
    for (const [name, { body, prefix }] of snippets) {
      const text = [body].flat().join('\n');
      await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), ''));
      const shell = prefix === 'env' ? ['platform {\n', '\n}'] : ['', ''];
      await editor.insertSnippet(new vscode.SnippetString(shell[0] + text + shell[1]));
      const errors = await until(`answer about the snippet ${name}`, async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return vscode.languages.getDiagnostics(document.uri);
      });
      const wrong = errors.filter((one) => ['syntax-error', 'unknown-statement', 'unknown-clause'].includes(codeOf(one)));
      assert.deepEqual(wrong.map(({ message }) => message), [], name);
      // A day is to be filled in: one that is there already may be over unnoticed.
      assert.equal(errors.some((one) => codeOf(one) === 'invalid-date'), prefix === 'allow-until', name);
    }
  });

  test('the server starts again, and says the same', async () => {
    const { document } = await open('tenants/payments.xks');
    await replace(document, 'allow ledger', 'allow legder');
    const wanted = (all) => all.some((one) => codeOf(one) === 'unknown-app');
    await findings('tenants/payments.xks', wanted);
    await vscode.commands.executeCommand('xks.restartServer');
    await findings('tenants/payments.xks', wanted);
  });

  test('without a server no preview and no graph is opened', async () => {
    await open('tenants/payments.xks');
    const settings = vscode.workspace.getConfiguration('xks');
    const set = (value) => settings.update('server.path', value, vscode.ConfigurationTarget.Workspace);
    const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    await set('/nowhere/xks-lsp');
    try {
      for (const command of ['xks.openPreview', 'xks.openStatementPreview', 'xks.openGraph']) {
        await vscode.commands.executeCommand(command);
        assert.deepEqual(tabs(), ['payments.xks'], command);
      }
    } finally {
      await set(undefined);
    }
    await vscode.commands.executeCommand('xks.openPreview');
    await until('preview', () => tabs().includes('payments.xks.yaml'));
  });

  test('the server is taken from the setting, else from the extension, else from the PATH', async () => {
    const { document } = await open('tenants/payments.xks');
    await replace(document, 'allow ledger', 'allow legder');
    const wanted = (all) => all.some((one) => codeOf(one) === 'unknown-app');
    const settings = vscode.workspace.getConfiguration('xks');
    const server = settings.get('server.path');
    const bundle = path.join(vscode.extensions.getExtension('xks.xks').extensionPath, 'server');
    const onPath = fs.mkdtempSync(path.join(os.tmpdir(), 'xks-path-'));
    const PATH = process.env.PATH;
    process.env.PATH = `${onPath}${path.delimiter}${PATH}`;
    const put = (folder, program) => {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.mkdirSync(folder);
      fs.symlinkSync(program, path.join(folder, 'xks-lsp'));
    };
    const set = (value) => settings.update('server.path', value, vscode.ConfigurationTarget.Workspace);
    const stopped = async () => {
      await set('/nowhere/xks-lsp');
      await findings('tenants/payments.xks', (all) => all.length === 0);
    };
    // A program that is no server, where it must not be looked for.
    const other = '/bin/false';
    try {
      await findings('tenants/payments.xks', wanted);
      await stopped();
      put(onPath, server);
      await set('');
      await findings('tenants/payments.xks', wanted);
      await stopped();
      put(bundle, server);
      put(onPath, other);
      await set('');
      await findings('tenants/payments.xks', wanted);
      await stopped();
      put(bundle, other);
      await set(server);
      await findings('tenants/payments.xks', wanted);
    } finally {
      process.env.PATH = PATH;
      await set(undefined);
      for (const folder of [bundle, onPath]) {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }
  });
};
