// Makes the server a replica set of one, which majority write concern and later members need, and waits for it to take writes.
const { readFileSync } = require('fs');

const password = readFileSync('/run/secrets/mongo_root_password', 'utf8').trim();
const admin = connect(`mongodb://root:${password}@mongo:27017/admin?directConnection=true&serverSelectionTimeoutMS=60000`);

const notYetInitialized = 94;
try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.code !== notYetInitialized) throw error;
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } });
}

for (let seconds = 60; !admin.hello().isWritablePrimary; seconds--) {
  if (seconds === 0) throw new Error('no primary after 60 seconds');
  sleep(1000);
}
