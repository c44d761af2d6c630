import { Engine, Session, type SessionOptions } from '../../lib/index.js';
import { withTempFolder } from './temp-folder.js';

/** Runs `body` with a session of the engine, closed afterwards. */
export async function withSessionOf<T>(
  engine: Engine,
  options: Partial<SessionOptions>,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await Session.create({ engine, ...options });
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}

/** The same with an engine of its own, which has one executor. */
export async function withSession(body: (session: Session) => Promise<void>): Promise<void> {
  const engine = await Engine.create({ workers: 1 });
  try {
    await withSessionOf(engine, {}, body);
  } finally {
    await engine.close();
  }
}

/** The same with a fresh folder, gone afterwards. */
export function withSessionAndFolder(engine: Engine, body: (session: Session, folder: string) => Promise<void>): Promise<void> {
  return withTempFolder((folder) => withSessionOf(engine, {}, (session) => body(session, folder)));
}
