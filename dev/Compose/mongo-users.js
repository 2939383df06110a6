// Run once by the image's entrypoint, on an empty data folder: the workers' user, who can use one database and nothing else.
const { readFileSync } = require('fs');

const password = readFileSync('/run/secrets/mongo_pipeline_password', 'utf8').trim();

db.getSiblingDB('coupang_play').createUser({
  user: 'pipeline',
  pwd: password,
  roles: [{ role: 'readWrite', db: 'coupang_play' }],
});
