/** The small types that several fields share. Each pattern is also the CRD's, so it is valid for JavaScript and for RE2. */
import * as z from 'zod';

// Compiling each schema with `new Function` costs a start more time than it ever gains; must stand before any schema.
z.config({ jitless: true });

/** A DNS label, as Kubernetes names use it: RFC 1123. */
export const DnsLabel = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and "-", not at either end',
  );

/** The name of an object, RFC 1123 subdomain. */
export const ObjectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit',
  );

/**
 * The name of a Linux account or group: what shadow-utils' useradd accepts, without upper case and a trailing "$",
 * so that two spellings can never be one account. At most 32 characters (utmp).
 */
export const AccountName = z
  .string()
  .max(32, 'must be at most 32 characters, the limit of Linux account names')
  .regex(
    /^[a-z_][a-z0-9_-]*$/,
    'must be a plain Linux account name: lower-case letters, digits, "_" and "-", beginning with a letter or "_"',
  );

/** One line of text that may stand in a published map: no "=", no control character, no "#" at its start. */
export const Identity = z
  .string()
  .min(1, 'must not be empty')
  .max(253)
  .regex(
    /^[^=#\s\x00-\x1f\x7f\u0085\u2028\u2029]([^=\x00-\x1f\x7f\u0085\u2028\u2029]*[^=\s\x00-\x1f\x7f\u0085\u2028\u2029])?$/,
    'must be one line without "=", not beginning with "#" or a space: it becomes a line of the published maps',
  );

/** Permission bits in octal, without set-id and sticky bits. */
export const Mode = z
  .string()
  .max(4)
  .regex(/^0[0-7]{3}$/, 'must be four octal digits beginning with 0, for instance "0644"');

/** A duration above zero as Go writes it: "90s", "1h30m", "768h". */
export const Duration = z
  .string()
  .max(24)
  .regex(/^([1-9][0-9]{0,5}[hms]){1,3}$/, 'must be a duration such as "30s", "10m" or "1h30m"');

/** A path below a home: relative, without ".." or empty parts. May hold `${…}` variables. */
export const HomePath = z
  .string()
  .max(1024)
  .regex(
    /^(\.?[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]*|\.\.[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]*)(\/(\.?[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]*))*$/,
    'must be a path relative to the home, without "." or ".." parts, for instance ".config/tool/file"',
  );

/** An absolute path of the machine, without ".." parts. May hold `${…}` variables. */
export const AbsolutePath = z
  .string()
  .max(1024)
  .regex(
    /^(\/(\.?[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]*))+$/,
    'must be an absolute path without "." or ".." parts, for instance "/etc/tool/file"',
  );

/** A JSON Pointer, RFC 6901, to a member below the top. */
export const JsonPointer = z
  .string()
  .max(1024)
  .regex(/^(\/([^/~]|~0|~1)*)+$/, 'must be a JSON Pointer (RFC 6901), for instance "/hooks/Stop"');

/** A systemd unit, template instances included: systemd.unit(5). May hold `${user}`. */
export const UnitName = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9:_.\\@${}-]+\.(service|timer|socket|path|target)$/,
    'must be a systemd unit with its suffix, for instance "tool@${user}.service"',
  );

/** The name of an environment variable, POSIX. */
export const EnvName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable: letters, digits and "_"');

/** Environment variables by name. */
export const Environment = bounded(z.record(EnvName, z.string().max(4096)), 256);

/** The address of something on the web. */
export const HttpURL = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s\x00-\x1f\x7f]+$/, 'must be a URL beginning with "https://" or "http://"');

/** Where code comes from: what git-clone(1) takes, except transports that run programs. */
export const Remote = z
  .string()
  .max(2048)
  .regex(
    /^((https?|ssh|git|file):\/\/[^\s\x00-\x1f\x7f]+|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^\s\x00-\x1f\x7f-][^\s\x00-\x1f\x7f]*)$/,
    'must be a git URL (https, http, ssh, git or file, or user@host:path)',
  );

/** A git branch or remote name, the plain subset of git-check-ref-format(1). */
export const RefName = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$/,
    'must be a plain git name: letters, digits, "_", "-", "." and "/"',
  );

/** The name of a directory that a repository is cloned into. */
export const RepoName = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'must be a plain repository name: letters, digits, ".", "_" and "-", beginning with a letter or digit',
  );

/** Text for one line. */
export const Line = z
  .string()
  .min(1, 'must not be empty')
  .max(1024)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'must be one line');

/** A map of at most so many members, which zod has no word for; an API server must know how many there can be. */
export function bounded<S extends z.ZodRecord>(map: S, maximum: number): S {
  return map
    .check((context) => {
      const { value: input, issues } = context;
      if (Object.keys(input).length > maximum)
        issues.push({ code: 'too_big', origin: 'record', maximum, inclusive: true, input });
    })
    .meta({ maxProperties: maximum });
}
