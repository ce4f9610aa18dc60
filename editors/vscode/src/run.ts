// A run of the compiler in a terminal: what a task executes.

import { type ChildProcess, spawn } from 'node:child_process';
import * as vscode from 'vscode';

/** VS Code says of what ends sooner, in milliseconds, that it failed to launch. The compiler is faster. */
const LAUNCH = 600;

export class Run implements vscode.Pseudoterminal {
  readonly #program: string;
  readonly #args: string[];
  readonly #folder: string;
  readonly #wrote = new vscode.EventEmitter<string>();
  readonly #ended = new vscode.EventEmitter<number>();
  #child: ChildProcess | undefined;

  readonly onDidWrite = this.#wrote.event;
  readonly onDidClose = this.#ended.event;

  constructor(program: string, args: string[], folder: string) {
    this.#program = program;
    this.#args = args;
    this.#folder = folder;
  }

  open(): void {
    const started = Date.now();
    const end = (code: number) => setTimeout(() => this.#ended.fire(code), Math.max(0, started + LAUNCH - Date.now()));
    // Its own terminal is none; this one has colours.
    const env = { CLICOLOR_FORCE: '1', ...process.env };
    const child = spawn(this.#program, this.#args, { cwd: this.#folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#write(text));
    }
    child.on('error', (error) => {
      this.#write(`${error.message}\n`);
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
    this.#child = child;
  }

  close(): void {
    this.#child?.kill();
  }

  #write(text: string): void {
    this.#wrote.fire(text.replace(/\r?\n/g, '\r\n'));
  }
}
