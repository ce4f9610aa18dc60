// Makes the extension's package: `npm run package -- [--target TARGET --server XKS_LSP --cli XKS] [--out FILE]`.
//
// Without a target the package runs everywhere and takes the programs from a setting or the PATH. With one, such as
// linux-x64, it carries the programs named for that platform.
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import './build.mjs';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    server: { type: 'string' },
    cli: { type: 'string' },
    out: { type: 'string' },
  },
});
if (!values.target !== !values.server) {
  refuse('--target TARGET and --server XKS_LSP go together');
}

const root = fileURLToPath(new URL('..', import.meta.url));
const ending = values.target?.startsWith('win32') ? '.exe' : '';
const licence = `${root}/../../LICENSE`;
if (existsSync(licence)) {
  copyFileSync(licence, `${root}/LICENSE`);
} else if (!existsSync(`${root}/LICENSE`)) {
  refuse('LICENSE is missing, which is two folders above in a checkout; copy it into this folder');
}
for (const program of [values.server, values.cli]) {
  if (program && !existsSync(program)) {
    refuse(`${program} is missing`);
  }
}
rmSync(`${root}/server`, { recursive: true, force: true });
for (const [name, path] of [
  ['xks-lsp', values.server],
  ['xks', values.cli],
]) {
  if (path) {
    mkdirSync(`${root}/server`, { recursive: true });
    const bundled = `${root}/server/${name}${ending}`;
    copyFileSync(path, bundled);
    chmodSync(bundled, 0o755);
  }
}
try {
  await createVSIX({
    cwd: root,
    // The bundle has all that is needed.
    dependencies: false,
    // There is no page on the web that the pictures of the README could be shown from.
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
    ...(values.target ? { target: values.target } : {}),
    ...(values.out ? { packagePath: values.out } : {}),
  });
} finally {
  rmSync(`${root}/server`, { recursive: true, force: true });
}

function refuse(reason) {
  console.error(`npm run package: ${reason}`);
  process.exit(2);
}
