// A whole private Bluesky: directory of identities, server of accounts, server of views, moderation.
//
// Starts npm's @atproto/dev-env on 127.0.0.1 and prints one line of JSON when it is ready; then it
// does what it is told on stdin, a line each, and answers each with a line:
//
//   down    the server of accounts goes away; whoever calls it is refused
//   up      it is started again, on the same port with the same data
//
// It ends with SIGTERM, or with its stdin: it never outlives whoever started it.
//
// Wants DB_POSTGRES_URL, DB_POSTGRES_SCHEMA (letters alone), REDIS_HOST (host:port), and the ports
// PLC_PORT, PDS_PORT, BSKY_PORT and OZONE_PORT. Data lie in TMPDIR.

import { registerHooks } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import readline from 'node:readline'
import pg from 'pg'

// All of its servers listen on every interface of the machine; here they keep to themselves.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  const told = typeof first === 'object' && first !== null ? first : { port: Number(first) }
  if (!('port' in told)) return listen.call(this, first, ...rest)
  const heard = rest.filter((each) => typeof each === 'function')
  return listen.call(this, { ...told, host: '127.0.0.1' }, ...heard)
}

// The driver of SQLite it asks for has to be compiled, for minutes; Node has one of its own.
registerHooks({
  resolve: (name, context, next) =>
    name === 'better-sqlite3'
      ? { url: new URL('sqlite.mjs', import.meta.url).href, shortCircuit: true }
      : next(name, context),
})

// It looks people up by parts of their names with an extension that not every PostgreSQL has.
// Nobody is looked up here: plain indexes do.
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (asked, ...rest) {
  const text = asked?.text ?? asked
  if (typeof text !== 'string' || !/extension .* pg_trgm|gist_trgm_ops/.test(text)) {
    return query.call(this, asked, ...rest)
  }
  const plain = text.includes('gist_trgm_ops')
    ? text.replace('using gist', '').replace('gist_trgm_ops', '')
    : 'select 1'
  return query.call(this, typeof asked === 'string' ? plain : { ...asked, text: plain }, ...rest)
}

const { TestNetwork, TestPds, mockNetworkUtilities } = await import('@atproto/dev-env')

const port = (name) => Number(process.env[name])
const server = {
  port: port('PDS_PORT'),
  hostname: 'localhost',
  enableDidDocWithSession: true,
  // The key under which identities are changed: any 32 bytes, the same after a restart.
  plcRotationKeyK256PrivateKeyHex: '5a'.repeat(32),
}
const network = await TestNetwork.create({
  plc: { port: port('PLC_PORT') },
  pds: server,
  bsky: { port: port('BSKY_PORT'), publicUrl: `http://localhost:${port('BSKY_PORT')}` },
  ozone: { port: port('OZONE_PORT') },
})
const told = network.pds.ctx.cfg
const say = (line) => console.log(JSON.stringify(line))
say({ ready: true, pds: network.pds.url })

const DEEDS = {
  async down() {
    await network.pds.close()
  },
  async up() {
    network.pds = await TestPds.create({
      ...server,
      dataDirectory: path.dirname(told.db.accountDbLoc),
      blobstoreDiskLocation: told.blobstore.location,
      didPlcUrl: told.identity.plcUrl,
      bskyAppViewUrl: told.bskyAppView.url,
      bskyAppViewDid: told.bskyAppView.did,
      modServiceUrl: told.modService.url,
      modServiceDid: told.modService.did,
    })
    mockNetworkUtilities(network.pds, network.bsky)
  },
}

let ending = false
async function end() {
  if (ending) return
  ending = true
  await network.close().catch(() => {})
  process.exit(0)
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
const lines = readline.createInterface({ input: process.stdin })
lines.on('line', (deed) =>
  DEEDS[deed]().then(
    () => say({ done: deed }),
    (error) => say({ failed: deed, why: String(error?.stack ?? error) }),
  ),
)
lines.on('close', end)
