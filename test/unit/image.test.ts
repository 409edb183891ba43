import { readFileSync } from 'node:fs';

describe('the image', () => {
  it('is made from the Node that the program is installed with', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const bases = [...readFileSync('Dockerfile', 'utf8').matchAll(/^ARG \w+_IMAGE=.*\/node:([\d.]+)-/gm)];
    expect(bases.map(([, version]) => version)).toEqual([dependencies.node, dependencies.node]);
  });
});
