import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * Lets the bundle leave out what nothing asks for: of the Kubernetes client only the reading of credentials is used, and all
 * of it would be ten times as large to load. Its modules only declare things, but its package does not say so.
 */
const clientNodeOnlyDeclares: Plugin = {
  name: 'client-node-only-declares',
  setup(build) {
    const inside = /[\\/]@kubernetes[\\/]client-node[\\/]/;
    build.onResolve({ filter: /^@kubernetes\/client-node$/ }, async ({ path, pluginData, ...where }) => {
      if (pluginData === 'resolving') return undefined;
      const found = await build.resolve(path, { ...where, pluginData: 'resolving' });
      return { ...found, sideEffects: false };
    });
    // Its files name each other in full, and are thousands: asking esbuild where each is takes ten times the whole build.
    build.onResolve({ filter: /^\..*\.js$/ }, ({ path, importer, resolveDir }) =>
      inside.test(importer) ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    );
  },
};

/**
 * Imported by an ES module, `node:http` loads all of Node's fetch with it, some 13 MiB and 40 ms, since every one of its
 * names is read for it, and some of them are fetch's. Asked for like this it does not.
 */
const httpAlone: Plugin = {
  name: 'http-alone',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      // The module that this makes has no names that `await import` could give.
      kind === 'dynamic-import' ? undefined : { path: 'node:http', namespace: 'http-alone' },
    );
    build.onLoad({ filter: /.*/, namespace: 'http-alone' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:http');",
    }));
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts', 'src/host/home/child.ts'],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Before esbuild's order for Node: the module build of some packages is the only one that can be bundled.
  mainFields: ['module', 'main'],
  target: 'node24',
  sourcemap: 'linked',
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [clientNodeOnlyDeclares, httpAlone],
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
});
// What a browser is sent is read when it is served.
cpSync('src/server/page/assets', 'dist/server/page/assets', { recursive: true });
