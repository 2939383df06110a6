#!/bin/bash
# Makes the topics of docs/contract.md. A topic that exists is left as it is.
set -euo pipefail

topic() {
  local name=$1 partitions=$2 retention=$3
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:29092 --create --if-not-exists --topic "$name" \
    --partitions "$partitions" --replication-factor 1 --config "retention.ms=$retention"
}

days=$((24 * 60 * 60 * 1000))
topic watch-events 12 $((7 * days))
topic watch-events.dead-letter 3 $((30 * days))
