/** The systemd unit of the agent, with every right that its work does not need taken away, and why the others stay. */

export const UNIT = 'workstation-agent.service';

/** What the unit runs, word by word. */
export interface UnitCommand {
  /** The absolute path of bin/workstation. */
  readonly program: string;
  readonly args: readonly string[];
}

/** As systemd.unit(5) has it, ended by a newline. */
export function unitText({ program, args }: UnitCommand): string {
  return `${DESCRIPTION}
[Service]
Type=notify
ExecStart=${[program, 'agent', ...args].map(quoted).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
EnvironmentFile=-/etc/workstation/agent.env
${LIFE}${SANDBOX}
[Install]
WantedBy=multi-user.target
`;
}

const DESCRIPTION = `# Laid down by \`workstation install\`, which writes it again: change it with \`systemctl edit ${UNIT}\`.
[Unit]
Description=Keeps the people of this machine as they are declared
Documentation=man:systemd.service(5)
Wants=network-online.target
After=network-online.target nss-user-lookup.target
StartLimitIntervalSec=300
StartLimitBurst=10
`;

/** The agent gives running actions 45 seconds, and its last reports three. */
const LIFE = `WatchdogSec=60
TimeoutStartSec=120
TimeoutStopSec=60
KillMode=mixed
Restart=on-failure
RestartSec=2
OOMPolicy=continue
LimitNOFILE=65536
UMask=0022
StateDirectory=workstation
LogsDirectory=workstation
RuntimeDirectory=workstation
RuntimeDirectoryMode=0755

`;

const SANDBOX = `# What keeping people in order never needs.
ProtectSystem=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateDevices=yes
RestrictRealtime=yes
LockPersonality=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap
SystemCallErrorNumber=EPERM
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
# A person's command gets a process namespace of its own, with a /proc of its own.
RestrictNamespaces=pid mnt
# Accounts, homes and files of others: CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID. To work with a person's rights:
# SETUID, SETGID, SETPCAP. To end what a leaver runs: KILL. Namespaces and what runs in them: SYS_ADMIN, SYS_CHROOT,
# SYS_PTRACE, SYS_RESOURCE. To be seen in the audit log: AUDIT_WRITE.
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_SETUID CAP_SETGID CAP_SETPCAP CAP_KILL CAP_SYS_ADMIN CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_RESOURCE CAP_AUDIT_WRITE
# Left open on purpose:
# - User, ProtectHome: accounts and homes are the work.
# - ProtectSystem=full: accounts, units and maps stand in /etc.
# - NoNewPrivileges, RestrictSUIDSGID: people's own commands may use sudo, and make files, as in a login.
# - MemoryDenyWriteExecute: JavaScript is compiled while it runs.
# - PrivateTmp, PrivateNetwork, IPAddressDeny: people's commands and clones use them as in a login.
# - ProtectProc, ProcSubset: what a leaver still runs is found in /proc.
`;

/** systemd.service(5), "Command lines": quotes keep a word together, and % and $ stand for themselves doubled. */
function quoted(word: string): string {
  if (/^[\w@+=:,./-]+$/.test(word)) return word;
  const escaped = word
    .replace(/["\\]/g, '\\$&')
    .replaceAll('%', '%%')
    .replaceAll('$', () => '$$');
  return `"${escaped}"`;
}
