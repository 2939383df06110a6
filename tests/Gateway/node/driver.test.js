// What Node's official driver sees of the gateway. GATEWAY_URI is one that works; OUTAGE_URI is one whose PostgreSQL is away.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Decimal128, Long, MongoClient, MongoServerError, ObjectId, UUID } from 'mongodb';

const client = new MongoClient(process.env.GATEWAY_URI, { serverSelectionTimeoutMS: 5000 });
const db = client.db('node_' + randomBytes(6).toString('hex'));
const code = expected => error => {
  assert.ok(error instanceof MongoServerError, `${error}`);
  assert.equal(error.code, expected, error.message);
  return true;
};

async function withClient(uri, use) {
  const other = new MongoClient(uri.href, { serverSelectionTimeoutMS: 5000, monitorCommands: true });
  try {
    await use(other);
  } finally {
    await other.close();
  }
}

before(() => client.connect());
after(async () => {
  await db.dropDatabase();
  await client.close();
});

describe('writes', () => {
  test('insertMany unordered names every duplicate', async () => {
    const ids = Array.from({ length: 900 }, () => new UUID());
    const batch = Array.from({ length: 1000 }, (_, n) => ({ _id: ids[n % 900], n }));
    await assert.rejects(db.collection('dup').insertMany(batch, { ordered: false }), error => {
      assert.equal(error.insertedCount, 900);
      assert.deepEqual(error.writeErrors.map(one => one.index), Array.from({ length: 100 }, (_, n) => 900 + n));
      assert.ok(error.writeErrors.every(one => one.code === 11000 && one.errmsg.startsWith('E11000')));
      return true;
    });
  });

  test('insertOne of a duplicate says which key', async () => {
    const collection = db.collection('one');
    await collection.insertOne({ _id: 'a' });
    await assert.rejects(collection.insertOne({ _id: 'a' }), error => {
      assert.deepEqual([error.code, error.keyPattern, error.keyValue], [11000, { _id: 1 }, { _id: 'a' }]);
      return true;
    });
  });

  test('types come back as they went', async () => {
    const document = {
      _id: new ObjectId(), long: Long.fromString('1099511627776'), decimal: Decimal128.fromString('1.10'), date: new Date(1700000000123),
      bytes: randomBytes(9), regex: /a.b/i, nothing: null, nested: { list: [1, 2.5, 'é'] },
    };
    await db.collection('types').insertOne(document);
    const [back] = await db.collection('types').find({}, { promoteLongs: false, promoteBuffers: true }).toArray();
    assert.deepEqual({ ...back, bytes: Buffer.from(back.bytes) }, { ...document, nested: back.nested });
    assert.deepEqual(JSON.parse(JSON.stringify(back.nested)), document.nested);
  });

  test('updateOne upserts, updateMany and deleteMany count', async () => {
    const collection = db.collection('counts');
    assert.equal((await collection.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { upsert: true })).upsertedCount, 1);
    await collection.insertMany([{ _id: 2, n: 1 }, { _id: 3, n: 5 }]);
    assert.equal((await collection.updateMany({ n: 1 }, [{ $set: { n: { $add: ['$n', 1] } } }])).modifiedCount, 2);
    assert.equal((await collection.deleteMany({ n: 2 })).deletedCount, 2);
  });

  test('bulkWrite counts each kind', async () => {
    const result = await db.collection('bulk').bulkWrite([
      { insertOne: { document: { _id: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { x: 1 } } } },
      { updateOne: { filter: { _id: 2 }, update: { $set: { x: 1 } }, upsert: true } },
      { deleteOne: { filter: { _id: 1 } } },
    ]);
    assert.deepEqual([result.insertedCount, result.modifiedCount, result.upsertedCount, result.deletedCount], [1, 1, 1, 1]);
  });

  test('findOneAndUpdate returns the document after', async () => {
    const options = { upsert: true, returnDocument: 'after' };
    assert.deepEqual(await db.collection('modify').findOneAndUpdate({ _id: 5 }, { $inc: { n: 1 } }, options), { _id: 5, n: 1 });
  });

  test('an unacknowledged write arrives', async () => {
    const collection = db.collection('unacknowledged');
    await collection.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    while (await collection.countDocuments() < 1);
  });

  test('fifty writes at once', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => db.collection('parallel').insertOne({ _id: n })));
    assert.equal(await db.collection('parallel').countDocuments(), 50);
  });
});

describe('queries', () => {
  const numbers = db.collection('numbers');
  before(() => numbers.insertMany(Array.from({ length: 10000 }, (_, n) => ({ _id: n, k: n % 10, text: 'x'.repeat(50) }))));

  test('filter, sort, limit and projection', async () => {
    const found = await numbers.find({ _id: { $gte: 10, $lt: 20 } }, { projection: { _id: 0, k: 1 } }).sort({ _id: -1 }).limit(3).toArray();
    assert.deepEqual(found, [{ k: 9 }, { k: 8 }, { k: 7 }]);
  });

  for (const sort of [undefined, { k: 1, _id: 1 }])
    test(`a cursor crosses batches, sort ${JSON.stringify(sort)}`, async () => {
      const seen = new Set();
      for await (const document of numbers.find({}, { batchSize: 700, sort })) seen.add(document._id);
      assert.equal(seen.size, 10000);
    });

  test('sixty sorted cursors are open at once, and close early', async () => {
    const cursors = Array.from({ length: 60 }, () => numbers.find({}, { batchSize: 5 }).sort({ text: 1 }));
    await Promise.all(cursors.map(cursor => cursor.next()));
    await Promise.all(cursors.map(cursor => cursor.close()));
  });

  test('$match, $group, $sort', async () => {
    const groups = await numbers.aggregate([{ $match: { _id: { $lt: 100 } } }, { $group: { _id: '$k', n: { $sum: 1 } } }, { $sort: { _id: 1 } }, { $limit: 2 }]).toArray();
    assert.deepEqual(groups, [{ _id: 0, n: 10 }, { _id: 1, n: 10 }]);
  });

  for (const stage of [{ $merge: { into: 'target', whenMatched: 'replace' } }, { $out: 'target' }])
    test(`${Object.keys(stage)[0]} fills a collection`, async () => {
      await numbers.aggregate([{ $group: { _id: '$k', n: { $sum: 1 } } }, stage]).toArray();
      assert.equal(await db.collection('target').countDocuments({ n: 1000 }), 10);
    });

  test('countDocuments and distinct', async () => {
    assert.equal(await numbers.countDocuments({ k: 1 }), 1000);
    assert.equal((await numbers.distinct('k')).length, 10);
  });
});

describe('definitions', () => {
  test('indexes are made, listed, enforced and dropped', async () => {
    const collection = db.collection('indexed');
    await collection.insertOne({ e: 1 });
    assert.equal(await collection.createIndex({ e: 1 }, { unique: true }), 'e_1');
    await collection.createIndex({ t: 1 }, { expireAfterSeconds: 3600 });
    assert.deepEqual((await collection.indexes()).map(index => index.name).sort(), ['_id_', 'e_1', 't_1']);
    await assert.rejects(collection.insertOne({ e: 1 }), code(11000));
    await collection.dropIndex('t_1');
    assert.equal((await collection.indexes()).length, 2);
  });

  test('collections and databases are listed', async () => {
    await db.createCollection('listed');
    assert.ok((await db.listCollections().toArray()).some(one => one.name === 'listed'));
    assert.ok((await db.admin().listDatabases({ nameOnly: true })).databases.some(one => one.name === db.databaseName));
  });
});

describe('errors', () => {
  test('an unknown command is 59', () => assert.rejects(db.command({ frobnicate: 1 }), code(59)));

  test('a transaction is refused with 20 and stores nothing', async () => {
    const session = client.startSession();
    try {
      // The driver puts its own words over this answer, and keeps it.
      const refused = error => code(20)(error.originalError ?? error);
      await assert.rejects(session.withTransaction(() => db.collection('tx').insertOne({ _id: 1 }, { session })), refused);
    } finally {
      await session.endSession();
    }
    assert.equal(await db.collection('tx').countDocuments(), 0);
  });

  test('a wrong password is 18', () => {
    const uri = new URL(process.env.GATEWAY_URI);
    uri.password = 'wrong';
    return withClient(uri, stranger => assert.rejects(stranger.connect(), code(18)));
  });

  test('without authentication a command is 13', () => {
    const uri = new URL(process.env.GATEWAY_URI);
    uri.username = uri.password = uri.search = '';
    return withClient(uri, stranger => assert.rejects(stranger.db('x').collection('c').findOne(), code(13)));
  });

  test('an outage of PostgreSQL is retried and then told as 91', () => withClient(new URL(process.env.OUTAGE_URI), async cut => {
    let attempts = 0;
    cut.on('commandStarted', event => { attempts += event.commandName === 'find' ? 1 : 0; });
    await assert.rejects(cut.db('x').collection('c').findOne(), code(91));
    assert.equal(attempts, 2);
    await assert.rejects(cut.db('x').collection('c').insertOne({}), code(91));
  }));
});
