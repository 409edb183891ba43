/**
 * roster.yaml: who is on one machine, by Linux account, in snake_case.
 *
 *     users:
 *       ada: { authentik_user: ada.lovelace, k8s_user: ada, tier: power-user }
 *
 * The rules are those of WorkstationUser, with the same sentences. Unknown keys are warnings, as programs that read the
 * same file may have keys of their own. Nobody at all (`users:` null or empty, an empty file) is a valid roster:
 * whoever acts on it must tell "nobody is left" from "the file is broken".
 */
export { usersFromRoster } from './rosterfile/objects.ts';
export { importRoster, readRoster, type Roster, type RosterEntry } from './rosterfile/read.ts';
export { exportRoster } from './rosterfile/write.ts';
