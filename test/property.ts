/**
 * fast-check. At a desk it looks elsewhere each time; where CI is set it looks at the same inputs each time, so that a
 * run judges the change it is made for.
 */
import fc, { configureGlobal } from 'fast-check';

if (process.env['CI'] !== undefined) configureGlobal({ seed: 20260101 });

export * from 'fast-check';
export default fc;
