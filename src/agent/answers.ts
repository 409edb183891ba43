/** Answers whoever asks a running agent, from what it knows: nothing here waits for a pass. */
import type { Clock } from '../controller/clock.ts';
import type { RecordedUser } from '../report/record.ts';
import type { Source } from '../source/source.ts';
import type { Agent } from './agent.ts';
import type { Book } from './book.ts';
import type { Diary } from './diary.ts';
import type { ReleaseResult } from './release.ts';
import type { AgentInfo, AgentView, StatusView, UserDetails, UserView, WatchEvent } from './view.ts';

export interface AnswersOptions {
  readonly agent: Agent;
  readonly book: Book;
  readonly diary: Diary;
  readonly source: Source;
  readonly clock: Clock;
  /** What never changes while the program runs. */
  readonly about: Pick<AgentInfo, 'version' | 'pid' | 'startedAt' | 'source'>;
}

/** Milliseconds between two calls about changes. */
const CALM = 250;

export class Answers implements AgentView {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  status(): StatusView {
    const { book } = this.#options;
    const { workstation, users, cuts } = book.state;
    return {
      agent: this.#info(),
      ...(workstation === undefined ? {} : { workstation }),
      users: Object.values(users).map((user) => this.#view(user)),
      departed: Object.fromEntries(Object.values(cuts).map(({ osUser, at }) => [osUser, at])),
    };
  }

  details(name: string): UserDetails | undefined {
    const { book, diary } = this.#options;
    const user = book.state.users[name];
    if (user === undefined) return undefined;
    const { actions, events } = diary.of(name);
    return { ...this.#view(user), actions, events };
  }

  nameOf(uid: number): string | undefined {
    const { users } = this.#options.book.state;
    return Object.values(users).find(({ status }) => status.uid === uid)?.metadata.name;
  }

  watch(listener: (event: WatchEvent) => void): () => void {
    return this.#options.book.watch(listener);
  }

  onChange(listener: () => void): () => void {
    const { book, clock } = this.#options;
    let cancel: (() => void) | undefined;
    const end = book.onChange(() => {
      cancel ??= clock.setTimer(() => {
        cancel = undefined;
        listener();
      }, CALM);
    });
    return () => {
      end();
      cancel?.();
    };
  }

  reconcile(name?: string): boolean {
    return this.#options.agent.reconcile(name);
  }

  approve(): readonly string[] {
    return this.#options.agent.approve();
  }

  release(osUser: string): Promise<ReleaseResult> {
    return this.#options.agent.release(osUser);
  }

  isReady(): boolean {
    return this.#options.agent.isReady;
  }

  #info(): AgentInfo {
    const { agent, source, about } = this.#options;
    const held = agent.situation?.leavers.held;
    return {
      ...about,
      revision: agent.situation?.roll.revision ?? '',
      ...(source.trouble === undefined ? {} : { trouble: source.trouble }),
      ...(held === undefined ? {} : { heldRemovals: held }),
    };
  }

  /** Whoever has nothing else planned is looked at again with everybody. */
  #view(user: RecordedUser): UserView {
    const { diary, agent } = this.#options;
    const { lastChange, next = agent.nextResync, isBusy } = diary.of(user.metadata.name);
    return {
      user,
      isBusy,
      ...(lastChange === undefined ? {} : { lastChange }),
      ...(next === undefined ? {} : { next }),
    };
  }
}
