// The graph of who reaches whom. The server draws it (`xks/graph`), a webview shows it, and a click on it leads to the source.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { ErrorCodes, ResponseError } from 'vscode-languageclient/node';
import type { Server } from './server';

/** What the page asks for: a place of the source, from one. */
interface Open {
  readonly type: 'open';
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** The answer of the server: a page with a placeholder for the nonce, and the environment that it shows out of those that there are. */
interface Page {
  readonly html: string;
  readonly env?: string | null;
  readonly envs?: string[];
}

/** How long the source must have been left alone, in milliseconds, before the graph is drawn anew. */
const AFTER_EDIT = 300;
/** The same for files on the disk: the client gathers their changes for a quarter of a second before the server hears of them. */
const AFTER_FILES = 600;

/**
 * The page's palette as VS Code's theme has it. It is set on the body, and so goes before what the page sets on its root. What
 * tells public from private, or opened from closed, stays the page's own: it knows whether it is dark around it.
 */
const THEME = `body {
  --page: var(--vscode-editor-background);
  --card: var(--page);
  --text: var(--vscode-editor-foreground);
  --soft: color-mix(in srgb, var(--text) 72%, var(--page));
  --line: color-mix(in srgb, var(--text) 60%, var(--page));
  --rim: var(--vscode-contrastBorder, color-mix(in srgb, var(--text) 25%, var(--page)));
  --group: color-mix(in srgb, var(--text) 5%, var(--page));
  --public-card: color-mix(in srgb, var(--public) 12%, var(--page));
  --private-card: color-mix(in srgb, var(--private) 12%, var(--page));
  --outside-card: color-mix(in srgb, var(--outside) 12%, var(--page));
}
body.vscode-high-contrast :is(.card, input, button, .statement, kbd) { border-color: var(--vscode-contrastBorder); }
:focus-visible { outline-color: var(--vscode-focusBorder); }`;

export class Graph implements vscode.Disposable {
  readonly #server: Server;
  #panel: vscode.WebviewPanel | undefined;
  #tenant: string | undefined;
  #env: string | undefined;
  /** What the panel shows, with the placeholder for the nonce in it. */
  #html = '';
  /** The source that was open when the graph was asked for: it says which workspace is meant. */
  #source: vscode.Uri | undefined;
  readonly #subscriptions: vscode.Disposable[];
  #pending: NodeJS.Timeout | undefined;
  #draws = 0;

  constructor(server: Server) {
    this.#server = server;
    const files = vscode.workspace.createFileSystemWatcher('**/*.xks');
    const filesChanged = () => this.#soon(AFTER_FILES);
    this.#subscriptions = [
      files,
      files.onDidCreate(filesChanged),
      files.onDidChange(filesChanged),
      files.onDidDelete(filesChanged),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.languageId === 'xks' && contentChanges.length) {
          this.#soon(AFTER_EDIT);
        }
      }),
      server.onDidChange(() => this.#soon(AFTER_EDIT)),
    ];
  }

  dispose(): void {
    clearTimeout(this.#pending);
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#panel?.dispose();
  }

  /** Shows the graph of a tenant, or of the workspace. */
  async open(tenant?: string): Promise<void> {
    if (!(await this.#server.ready())) {
      return;
    }
    const document = vscode.window.activeTextEditor?.document;
    this.#source = document?.languageId === 'xks' ? document.uri : undefined;
    this.#tenant = tenant;
    const panel = this.#panel ?? this.#newPanel();
    await this.#draw();
    panel.reveal(panel.viewColumn, true);
  }

  /** Asks for the environment to draw. A graph shows one. */
  async chooseEnvironment(): Promise<void> {
    if (!(await this.#server.ready())) {
      return;
    }
    // The one that is drawn may be gone.
    const { envs = [] } = await this.#ask(undefined);
    if (!envs.length) {
      void vscode.window.showInformationMessage('xks: this workspace has no environments.');
      return;
    }
    const env = await vscode.window.showQuickPick(envs, { placeHolder: 'The environment to draw' });
    if (env) {
      this.#env = env;
      await this.#draw();
    }
  }

  #newPanel(): vscode.WebviewPanel {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel('xks.graph', 'Graph', place, {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [],
      retainContextWhenHidden: true,
    });
    panel.webview.onDidReceiveMessage((message: Open) => {
      if (message.type === 'open') {
        void openPlace(message);
      }
    });
    // While it is hidden, nothing is drawn.
    panel.onDidChangeViewState(({ webviewPanel }) => {
      if (webviewPanel.visible) {
        void this.#draw();
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#html = '';
    });
    this.#panel = panel;
    return panel;
  }

  #soon(milliseconds: number): void {
    if (this.#panel?.visible) {
      clearTimeout(this.#pending);
      this.#pending = setTimeout(() => void this.#draw(), milliseconds);
    }
  }

  async #draw(): Promise<void> {
    const draw = ++this.#draws;
    const { html, env } = await this.#ask(this.#env);
    // The answer may be there when there is nobody to look at it, or when a newer one is on its way.
    if (!this.#panel || draw !== this.#draws) {
      return;
    }
    this.#panel.title = `Graph${this.#tenant ? ` of ${this.#tenant}` : ''}${env ? ` in ${env}` : ''}`;
    if (html !== this.#html) {
      this.#html = html;
      this.#panel.webview.html = guarded(html);
    }
  }

  async #ask(env: string | undefined): Promise<Page> {
    const client = this.#server.client;
    if (!client) {
      return note('The language server is not running.');
    }
    try {
      const page = await client.sendRequest<Page | null>('xks/graph', {
        ...(this.#source ? { uri: client.code2ProtocolConverter.asUri(this.#source) } : {}),
        ...(this.#tenant ? { tenant: this.#tenant } : {}),
        ...(env ? { env } : {}),
      });
      return page ?? note('No workspace is open.');
    } catch (error) {
      if (error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound) {
        return note('This language server draws no graphs. A newer one does.');
      }
      return note(error instanceof Error ? error.message : String(error));
    }
  }
}

function note(text: string): Page {
  const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const html = `<!doctype html><html><head><title>Graph</title></head><body><p>${escaped}</p></body></html>`;
  return { html };
}

/** Lets only the page's own script run, and nothing be fetched; with the colours of the theme. */
function guarded(html: string): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data:`;
  return html
    .replace(/<head[^>]*>/i, (head) => `${head}<meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace(/<\/head>/i, (end) => `<style nonce="__NONCE__">${THEME}</style>${end}`)
    .replaceAll('__NONCE__', nonce);
}

async function openPlace({ file, line = 1, column = 1 }: Open): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  // The panel keeps its place; the source opens in the column before it.
  await vscode.window.showTextDocument(uriOf(file), {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(at, at),
  });
}

/** A file as the graph names it: a URI, a path, or a path below the workspace. */
function uriOf(file: string): vscode.Uri {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) {
    return vscode.Uri.parse(file, true);
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return file.startsWith('/') || !folder ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder, file);
}
