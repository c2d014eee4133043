#!/bin/bash
# Installs the parts of Ceph that ceph.sh needs, on Debian and Ubuntu, as root. About 70 MB are downloaded.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ceph-mon ceph-osd radosgw ceph-common
