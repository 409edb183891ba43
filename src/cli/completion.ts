/** Completion scripts for shells, made from the program tree, so that they never know less or more than the program. */
import type { Command } from 'commander';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { modelOf } from './completion/model.ts';
import { zshScript } from './completion/zsh.ts';
import type { Io } from './io.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
export type Shell = keyof typeof SCRIPTS;

/** `name`: the command that people type. */
export function completionScript(shell: Shell, program: Command, name: string): string {
  return SCRIPTS[shell](modelOf(program), name);
}

/** The command; returns the exit code. As a plugin of another program only the last word is a program of ours. */
export function completion(io: Io, shell: Shell, program: Command): number {
  io.out(completionScript(shell, program, program.name().split(' ').at(-1) ?? ''));
  return 0;
}
