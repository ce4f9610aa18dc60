// Bundles the extension into dist/ and writes the grammar: `npm run build`, or `npm run watch` to do so after each change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import grammar from '../syntaxes/grammar.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}/syntaxes/xks.tmLanguage.json`, `${JSON.stringify(grammar, undefined, 2)}\n`);

const watch = process.argv.includes('--watch');
const options = {
  absWorkingDir: root,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  external: ['vscode'],
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: !watch,
  sourcemap: watch,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};
if (watch) {
  await (await esbuild.context(options)).watch();
} else {
  const { metafile } = await esbuild.build(options);
  writeFileSync(`${root}/dist/LICENSES.txt`, licences(Object.keys(metafile.inputs)));
}

/** The licences of the packages that are part of the bundle. */
function licences(inputs) {
  const packages = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean));
  const texts = [...packages].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8'));
    const file = readdirSync(`${root}/${folder}`).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) {
      throw new Error(`${name} comes without a licence`);
    }
    return `${name} ${version}\n\n${readFileSync(`${root}/${folder}/${file}`, 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
