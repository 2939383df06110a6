INSERT INTO model (run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, reason, created_at)
VALUES (@RunId, @Algorithm, @Parameters, @DataDigest, @Metrics, @TrainingSeconds, @ArtifactPath, @ArtifactDigest, @State, @Reason, UTC_TIMESTAMP(3));
SELECT LAST_INSERT_ID();
