import { page } from '../../src/server/page/index.ts';

describe('the files of the status page', () => {
  const files = page();
  const bodyOf = (path: string) => files.find((file) => file.path === path)?.body ?? '';

  it('are all there is: each one that another names', () => {
    const named = files.flatMap(({ body }) => [
      ...body.matchAll(/(?:src|href|from) ?=? ?['"](?:\.\/)?([a-z]+\.[a-z]+)['"]/g),
    ]);
    const paths = new Set(named.map(([, name]) => `/${name}`));
    expect([...paths, '/'].sort()).toEqual(files.map(({ path }) => path).sort());
  });

  it('have types that a browser which does not guess accepts', () => {
    const types = Object.fromEntries(files.map(({ path, contentType }) => [path, contentType]));
    expect(types).toMatchObject({
      '/': 'text/html; charset=utf-8',
      '/page.css': 'text/css; charset=utf-8',
      '/page.js': 'text/javascript; charset=utf-8',
      '/icon.svg': 'image/svg+xml',
    });
  });

  it('name no other server, and hold no script or style in the page itself', () => {
    for (const { body } of files)
      expect(body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|['"(]\/\//);
    expect(bodyOf('/')).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=/);
  });

  it('never turn text into markup', () => {
    for (const { body } of files)
      expect(body).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });
});
