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

export class Graph implements vscode.Disposable {
  readonly #server: Server;
  #panel: vscode.WebviewPanel | undefined;
  #tenant: string | undefined;
  #env: string | undefined;
  /** What the panel shows, with the placeholder for the nonce in it. */
  #html = '';
  readonly #saved: vscode.Disposable;

  constructor(server: Server) {
    this.#server = server;
    this.#saved = vscode.workspace.onDidSaveTextDocument(({ languageId }) => {
      if (languageId === 'xks' && this.#panel?.visible) {
        void this.#draw();
      }
    });
  }

  dispose(): void {
    this.#saved.dispose();
    this.#panel?.dispose();
  }

  /** Shows the graph of a tenant, or of the workspace. */
  async open(tenant?: string): Promise<void> {
    this.#tenant = tenant;
    const panel = this.#panel ?? this.#newPanel();
    await this.#draw();
    panel.reveal(panel.viewColumn, true);
  }

  /** Asks for the environment to draw. A graph shows one. */
  async chooseEnvironment(): Promise<void> {
    const { envs = [] } = await this.#ask();
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
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#html = '';
    });
    this.#panel = panel;
    return panel;
  }

  async #draw(): Promise<void> {
    const { html, env } = await this.#ask();
    if (!this.#panel) {
      return;
    }
    this.#panel.title = `Graph${this.#tenant ? ` of ${this.#tenant}` : ''}${env ? ` in ${env}` : ''}`;
    if (html !== this.#html) {
      this.#html = html;
      this.#panel.webview.html = guarded(html);
    }
  }

  async #ask(): Promise<Page> {
    const client = this.#server.client;
    if (!client) {
      return note('The language server is not running.');
    }
    const uri = vscode.window.activeTextEditor?.document.uri;
    try {
      const page = await client.sendRequest<Page | null>('xks/graph', {
        ...(uri?.path.endsWith('.xks') ? { uri: client.code2ProtocolConverter.asUri(uri) } : {}),
        ...(this.#tenant ? { tenant: this.#tenant } : {}),
        ...(this.#env ? { env: this.#env } : {}),
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

/** Lets only the page's own script run, and nothing be fetched. */
function guarded(html: string): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data:`;
  return html
    .replace(/<head[^>]*>/i, (head) => `${head}<meta http-equiv="Content-Security-Policy" content="${policy}">`)
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
