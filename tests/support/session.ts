import { Session, type Engine } from '../../lib/index.js';
import { withTempFolder } from './temp-folder.js';

/** Runs `body` with a session of the engine and a fresh folder, both gone afterwards. */
export function withSessionAndFolder(engine: Engine, body: (session: Session, folder: string) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    try {
      await body(session, folder);
    } finally {
      await session.close();
    }
  });
}
