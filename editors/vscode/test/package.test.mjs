// The script that makes the package, where it cannot.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('what is missing is said in one line', () => {
  const copy = mkdtempSync(join(tmpdir(), 'xks-package-'));
  try {
    for (const part of ['package.json', 'scripts', 'src', 'syntaxes', 'tsconfig.json']) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const said = (...args) => {
      const { status, stderr } = spawnSync(process.execPath, [join(copy, 'scripts/package.mjs'), ...args], {
        encoding: 'utf8',
      });
      assert.equal(status, 2, stderr);
      return stderr;
    };
    assert.match(said(), /^npm run package: LICENSE is missing, .+\n$/);
    cpSync(join(root, '../../LICENSE'), join(copy, 'LICENSE'));
    const programs = ['--target', 'linux-x64', '--server', '/nowhere/xks-lsp'];
    assert.equal(said(...programs), 'npm run package: /nowhere/xks-lsp is missing\n');
    assert.match(
      said('--target', 'linux-x64'),
      /^npm run package: --target TARGET and --server XKS_LSP go together\n$/,
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
