// The language server's life: started, watched, restarted.

import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, State } from 'vscode-languageclient/node';
import { findServer, type Program, reportMissing } from './programs';

/** What the server says of itself: the notification `experimental/serverStatus`. */
interface ServerStatus {
  readonly health: 'ok' | 'warning' | 'error';
  readonly message?: string;
  readonly quiescent?: boolean;
}

/** The server as the status bar shows it. */
export type Condition =
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly reason?: string }
  | { readonly kind: 'starting'; readonly program: Program }
  | { readonly kind: 'running'; readonly program: Program; readonly version?: string; readonly status: ServerStatus };

/** A client whose errors go to the output. The library would show them as messages, with the stack that they come from. */
class Client extends LanguageClient {
  override error(message: string, data?: unknown, show: boolean | 'force' = true): void {
    super.error(message, data, show === 'force' && data === undefined ? show : false);
  }
}

/** The language server, of which there is one at the most. */
export class Server implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #output: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<Condition>();
  #client: LanguageClient | undefined;
  #condition: Condition = { kind: 'stopped' };
  /** Starts and stops wait for each other. */
  #turn: Promise<void> = Promise.resolve();

  readonly onDidChange = this.#changed.event;

  constructor(context: vscode.ExtensionContext, output: vscode.LogOutputChannel) {
    this.#context = context;
    this.#output = output;
  }

  get condition(): Condition {
    return this.#condition;
  }

  /** The client, if the server is there to answer. */
  get client(): LanguageClient | undefined {
    return this.#client?.state === State.Running ? this.#client : undefined;
  }

  /** The client, as soon as the server has started; where it does not run, a message says so, with ways out. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.#turn.catch(() => {});
    if (!this.client) {
      void this.#reportAbsence();
    }
    return this.client;
  }

  /** Tells the server the settings, which it has from its start, once they have changed. */
  async configure(): Promise<void> {
    const settings = { xks: vscode.workspace.getConfiguration('xks') };
    await this.client
      ?.sendNotification('workspace/didChangeConfiguration', { settings })
      .catch((error: unknown) => this.#output.warn(String(error)));
  }

  /** Starts the server, anew if it runs. */
  restart(): Promise<void> {
    return this.#next(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  stop(): Promise<void> {
    return this.#next(() => this.#stop());
  }

  dispose(): void {
    void this.stop().finally(() => this.#changed.dispose());
  }

  #next(step: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(step, step);
    return this.#turn;
  }

  async #start(): Promise<void> {
    const program = await findServer(this.#context);
    if ('missing' in program) {
      this.#output.error(program.missing);
      this.#set({ kind: 'missing', reason: program.missing });
      void reportMissing(program, 'xks.server.path');
      return;
    }
    const args = vscode.workspace.getConfiguration('xks').get<string[]>('server.args', []);
    this.#output.info(`Starting ${[program.path, ...args].join(' ')} (${program.origin})`);
    this.#set({ kind: 'starting', program });
    const client = new Client('xks', 'xks', { command: program.path, args }, this.#options());
    client.registerFeature({
      fillClientCapabilities: (capabilities) => {
        capabilities.experimental = { ...capabilities.experimental, serverStatusNotification: true };
      },
      initialize: () => {},
      getState: () => ({ kind: 'static' }),
      clear: () => {},
    });
    client.onDidChangeState(({ newState }) => this.#follow(client, program, newState));
    client.onNotification('experimental/serverStatus', (status: ServerStatus) => {
      if (this.#condition.kind === 'running') {
        this.#set({ ...this.#condition, status });
      }
    });
    this.#client = client;
    try {
      await client.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#set({ kind: 'stopped', reason });
      // Whoever waits for the start does not wait for an answer.
      void this.#report(`The language server ${program.path} did not start: ${reason}`, 'Try Again');
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client) {
      // A server that does not answer is not waited for.
      await client.dispose(2000).catch((error: unknown) => this.#output.warn(String(error)));
    }
    this.#set({ kind: 'stopped' });
  }

  #options(): LanguageClientOptions {
    return {
      documentSelector: [
        { language: 'xks', scheme: 'file' },
        { language: 'xks', scheme: 'untitled' },
      ],
      outputChannel: this.#output,
      initializationOptions: () => vscode.workspace.getConfiguration('xks'),
      markdown: { supportHtml: false },
    };
  }

  #follow(client: LanguageClient, program: Program, state: State): void {
    if (client !== this.#client) {
      return;
    }
    if (state === State.Running) {
      const { name = 'The server', version } = client.initializeResult?.serverInfo ?? {};
      const folders = vscode.workspace.workspaceFolders?.length ?? 0;
      const what = [name, version].filter(Boolean).join(' ');
      this.#output.info(`${what} is running, with ${folders} ${folders === 1 ? 'folder' : 'folders'}`);
      this.#set({
        kind: 'running',
        program,
        ...(version ? { version } : {}),
        status: { health: 'ok', quiescent: true },
      });
    } else if (state === State.Starting) {
      this.#set({ kind: 'starting', program });
    } else {
      this.#set({ kind: 'stopped' });
    }
  }

  async #reportAbsence(): Promise<void> {
    const absent = 'The language server is not running.';
    if (this.#condition.kind === 'missing') {
      await reportMissing({ missing: `${absent} ${this.#condition.reason}` }, 'xks.server.path');
    } else {
      await this.#report(absent, 'Restart Server');
    }
  }

  async #report(text: string, again: string): Promise<void> {
    const output = 'Show Output';
    const answer = await vscode.window.showErrorMessage(text, again, output);
    if (answer === output) {
      this.#output.show();
    } else if (answer === again) {
      void this.restart();
    }
  }

  #set(condition: Condition): void {
    this.#condition = condition;
    this.#changed.fire(condition);
  }
}
