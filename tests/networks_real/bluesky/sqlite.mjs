// The part of npm's better-sqlite3 that the server of accounts uses, on the SQLite in Node itself.

import { DatabaseSync } from 'node:sqlite'

// Results of SQLite by which the server decides whether to try again, and what stood there already.
const CODES = {
  5: 'SQLITE_BUSY',
  261: 'SQLITE_BUSY_RECOVERY',
  517: 'SQLITE_BUSY_SNAPSHOT',
  773: 'SQLITE_BUSY_TIMEOUT',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
}

function coded(work) {
  try {
    return work()
  } catch (error) {
    if (error.code === 'ERR_SQLITE_ERROR') error.code = CODES[error.errcode] ?? 'SQLITE_ERROR'
    throw error
  }
}

const buffered = (value) =>
  value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value

class Statement {
  #statement

  constructor(statement) {
    this.#statement = statement
    this.reader = statement.columns().length > 0
  }

  all(values) {
    const rows = coded(() => this.#statement.all(...values))
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, buffered(value)])),
    )
  }

  run(values) {
    return coded(() => this.#statement.run(...values))
  }
}

export default class Database {
  #database

  constructor(file, { timeout = 0 } = {}) {
    this.#database = new DatabaseSync(file, { timeout })
  }

  pragma(told) {
    return this.#database.prepare(`PRAGMA ${told}`).all()
  }

  prepare(sql) {
    return coded(() => new Statement(this.#database.prepare(sql)))
  }

  close() {
    this.#database.close()
  }
}
