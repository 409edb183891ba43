/** What it means when the kernel has no more watches to give: inotify_add_watch(2), inotify_init(2). */

export function isExhausted(code: string): boolean {
  return ['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(code);
}

/**
 * A sentence for the administrator.
 * @param attempt what was to be watched
 * @param consequence what that means for it
 */
export function exhaustedSentence(code: string, attempt: string, consequence: string): string {
  const [what, limit] =
    code === 'ENOSPC'
      ? ['watches', 'fs.inotify.max_user_watches']
      : ['instances or descriptors', 'fs.inotify.max_user_instances or LimitNOFILE'];
  return `${attempt}: no inotify ${what} are left (${code}), so ${consequence}: raise ${limit} and reload`;
}
