/** How the people of the machine stand, in numbers. */
import type { AgentView } from '../agent/view.ts';
import type { Collector, Labels, Metric } from '../telemetry/metrics/metric.ts';

export function agentMetrics(view: AgentView): Collector {
  return { collect: () => collect(view) };
}

function collect(view: AgentView): readonly Metric[] {
  const { agent, users, departed } = view.status();
  const ready = { True: 0, False: 0, Unknown: 0 };
  for (const { user } of users) {
    ready[user.status.conditions.find(({ type }) => type === 'Ready')?.status ?? 'Unknown']++;
  }
  return [
    gauge('build_info', 'Which program runs.', 1, { version: agent.version }),
    ...Object.entries(ready).map(([status, count]) =>
      gauge('users', 'Users of the machine, by their condition Ready.', count, { ready: status }),
    ),
    gauge('departed_users', 'Users who left and still hold a port.', Object.keys(departed).length),
    gauge(
      'held_removals',
      'Removals that wait for an approval, since too many would go in one step.',
      agent.heldRemovals?.osUsers.length ?? 0,
    ),
    gauge(
      'source_trouble',
      'Whether the newest declared state could not be taken.',
      agent.trouble === undefined ? 0 : 1,
    ),
  ];
}

function gauge(name: string, help: string, value: number, labels: Labels = {}): Metric {
  return { name: `workstation_${name}`, help, type: 'gauge', labels, value };
}
