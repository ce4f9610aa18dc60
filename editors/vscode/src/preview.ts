// The preview: what a file, or some of its lines, becomes. The server makes the text (`workspace/textDocumentContent`) and
// says when it has changed; here it is opened beside the source, and kept at what the cursor stands on.

import * as vscode from 'vscode';
import { type InitializeResult, TextDocumentContentRequest } from 'vscode-languageclient/node';
import type { Server } from './server';

const SCHEME = 'xks-preview';
/** A tab names a statement with as many letters at the most. */
const LONGEST_NAME = 40;

/**
 * The document with what a source becomes. Its path names it for people; its query is the source's URI, and its fragment, if
 * there is one, the lines that are meant, from one: `L3-L7`.
 */
export function previewOf(source: vscode.Uri, lines?: vscode.Range, name?: string): vscode.Uri {
  const fragment = lines ? `L${lines.start.line + 1}-L${lines.end.line + 1}` : '';
  const path = `${source.path.startsWith('/') ? '' : '/'}${source.path}.yaml`;
  const title = name ? path.replace(/[^/]*$/, (file) => `${name} – ${file}`) : path;
  return vscode.Uri.from({ scheme: SCHEME, path: title, query: source.toString(), fragment });
}

/** How the statement on these lines begins, for a tab. */
async function nameOf(source: vscode.Uri, lines: vscode.Range): Promise<string> {
  const document = await vscode.workspace.openTextDocument(source);
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    source,
  );
  // The lines may begin within a statement, or on blank ones before it.
  const around = symbols?.filter(({ range }) => range.contains(lines.start)).at(-1);
  const statement = around ?? symbols?.find(({ range }) => lines.contains(range.start));
  const { text } = document.lineAt(statement?.range.start.line ?? lines.start.line);
  const words = text
    .replace(/#.*/, '')
    .replace(/\{\s*$/, '')
    .trim();
  const short = words.length > LONGEST_NAME ? `${words.slice(0, LONGEST_NAME).trimEnd()}…` : words;
  // In a path, a slash would begin another name.
  return short.replaceAll('/', '∕') || `line ${lines.start.line + 1}`;
}

/** The source whose preview a document is. */
function sourceOf(preview: vscode.Uri): string | undefined {
  return preview.scheme === SCHEME ? preview.query : undefined;
}

export class Preview implements vscode.Disposable {
  readonly #server: Server;
  readonly #mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  readonly #subscriptions: vscode.Disposable[];
  #pending: NodeJS.Timeout | undefined;
  /** The start of the server that the open previews are from. */
  #start: InitializeResult | undefined;

  constructor(server: Server) {
    this.#server = server;
    this.#subscriptions = [
      this.#mark,
      server.onDidChange(() => this.#renew()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#soon()),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) {
          this.#soon();
        }
      }),
      vscode.languages.registerDefinitionProvider(
        { scheme: SCHEME },
        { provideDefinition: (...at) => this.#source(...at) },
      ),
    ];
  }

  dispose(): void {
    clearTimeout(this.#pending);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** Opens the preview of a source, or of some of its lines, beside it. */
  async open(source: vscode.Uri, lines?: vscode.Range): Promise<void> {
    if (!(await this.#server.ready())) {
      return;
    }
    const name = lines && (await nameOf(source, lines));
    const shown = this.#shown();
    await vscode.window.showTextDocument(previewOf(source, lines, name), {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    this.#soon();
  }

  /** Asks a server that has started anew for what is open: it cannot know that, and would not say that it has changed. */
  #renew(): void {
    const client = this.#server.client;
    const providers = client?.getFeature(TextDocumentContentRequest.method)?.getProviders() ?? [];
    if (client?.initializeResult !== this.#start && providers.length) {
      this.#start = client?.initializeResult;
      const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
      const changed = providers.filter(({ scheme }) => scheme === SCHEME);
      for (const { onDidChangeEmitter } of changed) {
        open.forEach(({ uri }) => void onDidChangeEmitter.fire(uri));
      }
    }
  }

  #shown(): vscode.TextEditor | undefined {
    return vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === SCHEME);
  }

  #soon(): void {
    clearTimeout(this.#pending);
    this.#pending = setTimeout(() => void this.#follow(), 100);
  }

  /** Shows in the preview what the cursor of the source stands on. */
  async #follow(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    let preview = this.#shown();
    if (!this.#server.client || !preview || editor?.document.languageId !== 'xks') {
      return;
    }
    if (!vscode.workspace.getConfiguration('xks').get<boolean>('preview.follow', true)) {
      preview.setDecorations(this.#mark, []);
      return;
    }
    const source = editor.document.uri.toString();
    if (sourceOf(preview.document.uri) !== source) {
      preview = await vscode.window.showTextDocument(previewOf(editor.document.uri), {
        ...(preview.viewColumn ? { viewColumn: preview.viewColumn } : {}),
        preserveFocus: true,
        preview: true,
      });
    }
    const ranges = await this.#places(editor);
    // What the cursor stood on is of no interest once it stands elsewhere.
    if (
      vscode.window.activeTextEditor === editor &&
      preview.document.uri.toString() === this.#shown()?.document.uri.toString()
    ) {
      preview.setDecorations(this.#mark, ranges);
      if (ranges[0]) {
        preview.revealRange(ranges[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  }

  /** Where the statement at the cursor is in the preview: its implementation. */
  async #places(editor: vscode.TextEditor): Promise<vscode.Range[]> {
    const uri = editor.document.uri;
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      'vscode.executeImplementationProvider',
      uri,
      editor.selection.active,
    );
    return found
      .map((place) => ('targetUri' in place ? { uri: place.targetUri, range: place.targetRange } : place))
      .filter((place) => sourceOf(place.uri) === uri.toString())
      .map((place) => place.range);
  }

  /** The statement that a place in the preview comes from. */
  async #source(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Definition | vscode.LocationLink[] | undefined> {
    const client = this.#server.client;
    if (!client?.initializeResult?.capabilities.definitionProvider) {
      return undefined;
    }
    const textDocument = { uri: client.code2ProtocolConverter.asUri(document.uri) };
    const at = client.code2ProtocolConverter.asPosition(position);
    const found = await client.sendRequest<Parameters<typeof client.protocol2CodeConverter.asDefinitionResult>[0]>(
      'textDocument/definition',
      { textDocument, position: at },
      token,
    );
    return client.protocol2CodeConverter.asDefinitionResult(found, token);
  }
}
