// The preview: its text, that it follows, and the way back.
const assert = require('node:assert/strict');
const vscode = require('vscode');
const { open, place, replace, until } = require('./harness.cjs');

const shown = () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'xks-preview');

module.exports = (test) => {
  test('the preview of a file is YAML beside it, and changes while one types', async () => {
    const editor = await open('tenants/shop-frontend.xks');
    await vscode.commands.executeCommand('xks.openPreview');
    const preview = await until('preview', shown);
    assert.equal(preview.document.languageId, 'yaml');
    assert.notEqual(preview.viewColumn, editor.viewColumn);
    assert.equal(vscode.window.activeTextEditor, editor);
    await until('text in the preview', () => preview.document.getText().includes('kind: NetworkPolicy'));
    await replace(editor.document, 'limit rps 50', 'limit rps 51');
    await until('change in the preview', () => /limit-rps: ["']51["']/.test(preview.document.getText()));
  });

  test('an open preview goes on when the server starts again', async () => {
    const editor = await open('tenants/shop-frontend.xks');
    await vscode.commands.executeCommand('xks.openPreview');
    const preview = await until('preview', shown);
    await until('text in the preview', () => preview.document.getText().includes('kind: NetworkPolicy'));
    await vscode.commands.executeCommand('xks.restartServer');
    await replace(editor.document, 'limit rps 50', 'limit rps 52');
    await until('change in the preview', () => /limit-rps: ["']52["']/.test(shown()?.document.getText()));
  });

  test('the preview of a statement has nothing of the others', async () => {
    const editor = await open('tenants/shop-frontend.xks');
    editor.selection = new vscode.Selection(place(editor.document, 'service bff'), place(editor.document, 'service bff'));
    await vscode.commands.executeCommand('xks.openStatementPreview');
    const preview = await until('preview', shown);
    await until('text in the preview', () => preview.document.getText().includes('kind: Service'));
    assert.ok(!preview.document.getText().includes('kind: NetworkPolicy'));
    const titles = async (words, offset) => {
      const at = place(editor.document, words, offset);
      editor.selection = new vscode.Selection(at, at);
      await vscode.commands.executeCommand('xks.openStatementPreview');
      return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    };
    assert.match((await titles('service bff')).join('\n'), /^service bff .+ – shop-frontend\.xks\.yaml$/m);
    // From within a statement it is named by its first line, and a slash does not cut the name.
    assert.match((await titles('limit rps 50', 3)).join('\n'), /^expose .+ – shop-frontend\.xks\.yaml$/m);
    assert.match((await titles('catalog/readers')).join('\n'), /^allow .+catalog∕readers.* – shop-frontend\.xks\.yaml$/m);
  });

  test('the preview follows to the statement at the cursor and to another file, and leads back', async () => {
    const editor = await open('tenants/shop-frontend.xks');
    await vscode.commands.executeCommand('xks.openPreview');
    const words = 'service web port http';
    editor.selection = new vscode.Selection(place(editor.document, words), place(editor.document, words));
    const visible = await until('the statement in the preview', () => {
      const preview = shown();
      const text = preview?.visibleRanges.map((range) => preview.document.getText(range)).join('\n');
      return text?.includes('kind: Service') ? preview : undefined;
    });
    const back = await vscode.commands.executeCommand(
      'vscode.executeDefinitionProvider',
      visible.document.uri,
      place(visible.document, 'kind: Service'),
    );
    const target = back[0].targetUri ?? back[0].uri;
    const range = back[0].targetRange ?? back[0].range;
    assert.equal(target.toString(), editor.document.uri.toString());
    assert.match(editor.document.lineAt(range.start.line).text, /^service /);

    const other = await open('tenants/catalog.xks');
    await until('the preview of the other file', () => shown()?.document.uri.query === other.document.uri.toString());
  });
};
