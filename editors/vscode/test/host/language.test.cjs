// What the language server gives an editor, as VS Code asks for it.
const assert = require('node:assert/strict');
const vscode = require('vscode');
const { at, codeOf, findings, open, place, replace, until } = require('./harness.cjs');

const ask = (command, ...args) => vscode.commands.executeCommand(`vscode.${command}`, ...args);
const text = (hovers) => hovers.flatMap(({ contents }) => contents.map((part) => part.value ?? part)).join('\n');
const target = (location) => location.targetUri ?? location.uri;

module.exports = (test) => {
  test('an edit in one tenant is reported in another, and the fix there mends the first', async () => {
    const orders = 'tenants/orders/orders.xks';
    await findings(orders, (all) => all.every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error));
    const { document } = await open('tenants/payments.xks');
    await replace(document, 'export api:http to orders\n', '');
    const wanted = (all) => all.some((one) => codeOf(one) === 'not-exported');
    const found = (await findings(orders, wanted)).find((one) => codeOf(one) === 'not-exported');
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    const other = await vscode.workspace.openTextDocument(at(orders));
    assert.equal(other.getText(found.range), 'payments/api:http');

    const actions = await ask('executeCodeActionProvider', other.uri, found.range);
    const fix = actions.find(({ edit }) => edit?.has(document.uri));
    assert.ok(fix, `no fix for the other file among ${actions.map(({ title }) => title).join(', ')}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /^export api:http to orders$/m);
    await findings(orders, (all) => !wanted(all));
  });

  test('completion offers what the other tenant exports', async () => {
    const { document } = await open('tenants/shop-frontend.xks');
    await replace(document, 'allow * ->', 'allow bff -> catalog/\nallow * ->');
    const items = await until('completion', async () => {
      const list = await ask('executeCompletionItemProvider', document.uri, place(document, 'catalog/\n', 8));
      const named = list.items.map(({ label, sortText }) => [label.label ?? label, sortText ?? label.label ?? label]);
      return named.some(([label]) => label === 'readers') ? new Map(named) : undefined;
    });
    assert.ok(!items.has('db') || items.get('readers') < items.get('db'), `what is exported comes first: ${JSON.stringify([...items])}`);
  });

  test('completion offers each statement once, and each snippet', async () => {
    const extension = vscode.extensions.getExtension('xks.xks');
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension.extensionUri, 'snippets/xks.json'));
    const prefixes = Object.values(JSON.parse(new TextDecoder().decode(bytes))).map(({ prefix }) => prefix);
    const offered = async (path, before, behind) => {
      const { document } = await open(path);
      await replace(document, before, before + behind);
      const at = place(document, before + behind, before.length + behind.length);
      const list = await ask('executeCompletionItemProvider', document.uri, at);
      return list.items.map(({ label }) => label.label ?? label);
    };
    const labels = [
      ...(await offered('tenants/shop-frontend.xks', 'export *:9090 to observability', '\n')),
      ...(await offered('platform.xks', 'platform {', '\n  ')).filter((label) => label === 'env'),
    ];
    for (const prefix of prefixes) {
      assert.equal(labels.filter((label) => label === prefix).length, 1, `${prefix} among ${labels.join(', ')}`);
    }
  });

  test('a hover shows what the words become', async () => {
    const { document } = await open('tenants/catalog.xks');
    const shown = text(await ask('executeHoverProvider', document.uri, place(document, 'expose pictures', 2)));
    assert.match(shown, /kind: Ingress/);
    const group = text(await ask('executeHoverProvider', document.uri, place(document, 'tls shared', 5)));
    assert.match(group, /shared/);
  });

  test('definition and references cross tenants', async () => {
    const { document } = await open('tenants/shop-frontend.xks');
    const [definition] = await ask('executeDefinitionProvider', document.uri, place(document, 'catalog/readers', 9));
    assert.equal(target(definition).toString(), at('tenants/catalog.xks').toString());
    const references = await ask('executeReferenceProvider', document.uri, place(document, 'catalog/readers', 9));
    const files = new Set(references.map(({ uri }) => uri.path.split('/').at(-1)));
    assert.deepEqual([...files].sort(), ['catalog.xks', 'orders.xks', 'shop-frontend.xks']);
  });

  test('rename changes every file that says the name', async () => {
    const { document } = await open('tenants/shop-frontend.xks');
    const edit = await ask('executeDocumentRenameProvider', document.uri, place(document, 'web, bff', 5), 'gateway');
    const changed = edit.entries().map(([uri]) => uri.path.split('/').at(-1));
    assert.deepEqual(changed.sort(), ['orders.xks', 'shop-frontend.xks']);
  });

  test('call hierarchy says who may connect', async () => {
    const { document } = await open('tenants/payments.xks');
    const [item] = await ask('prepareCallHierarchy', document.uri, place(document, 'ledger {', 1));
    const incoming = await ask('provideIncomingCalls', item);
    const names = incoming.map(({ from }) => from.name).join(', ');
    assert.match(names, /api/);
    assert.match(names, /webhook/);
  });

  test('symbols, folding, hints, lenses, semantic tokens, links, signatures and selections are there', async () => {
    const { document } = await open('tenants/orders/orders.xks');
    const { uri } = document;
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const answers = {
      symbols: await ask('executeDocumentSymbolProvider', uri),
      'workspace symbols': await ask('executeWorkspaceSymbolProvider', 'ledger'),
      folding: await ask('executeFoldingRangeProvider', uri),
      hints: await ask('executeInlayHintProvider', uri, whole),
      lenses: await ask('executeCodeLensProvider', uri, 20),
      links: await ask('executeLinkProvider', uri),
      highlights: await ask('executeDocumentHighlights', uri, place(document, 'app api', 5)),
      selections: await ask('executeSelectionRangeProvider', uri, [place(document, 'shared')]),
      signatures: (await ask('executeSignatureHelpProvider', uri, place(document, 'expose api', 8)))?.signatures,
      tokens: (await ask('provideDocumentSemanticTokens', uri))?.data,
    };
    for (const [name, answer] of Object.entries(answers)) {
      assert.ok(answer?.length > 0, `no ${name}`);
    }
    assert.ok(answers.lenses.some(({ command }) => command?.command === 'xks.openPreview'), 'no lens opens the preview');
  });

  test('a setting turns a kind of hint off', async () => {
    const { document } = await open('tenants/orders/orders.xks');
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = async () => (await ask('executeInlayHintProvider', document.uri, whole)).length;
    const all = await until('hints', hints);
    const settings = vscode.workspace.getConfiguration('xks.inlayHints');
    await settings.update('ports', false, vscode.ConfigurationTarget.Workspace);
    try {
      await until('fewer hints', async () => (await hints()) < all);
    } finally {
      await settings.update('ports', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('a document is formatted', async () => {
    const { document } = await open('tenants/catalog.xks');
    await replace(document, 'allow importer ->', 'allow    importer   ->');
    const edits = await ask('executeFormatDocumentProvider', document.uri, { tabSize: 2, insertSpaces: true });
    assert.ok(edits?.length > 0);
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    await vscode.workspace.applyEdit(edit);
    assert.match(document.getText(), /^allow importer -> internet:443/m);
  });
};
