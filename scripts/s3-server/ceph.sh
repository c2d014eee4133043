#!/bin/bash
# A real S3 server for tests and the demo: one monitor, one OSD that keeps its objects in memory, one RADOS gateway.
#
#   ceph.sh FOLDER S3_PORT MONITOR_PORT
#
# Reads AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the one user it makes. Runs in the foreground, prints `ready` when
# requests are answered, and ends when its standard input closes: so it never outlives whoever started it, however that
# ended. FOLDER is made, and removed at the end. Everything listens on loopback only; neither systemd nor root is needed.
set -euo pipefail

folder=$1 s3_port=$2 monitor_port=$3
: "${AWS_ACCESS_KEY_ID:?}" "${AWS_SECRET_ACCESS_KEY:?}"
mkdir -p "$folder"/{monitor,osd,gateway,log,run}
export CEPH_CONF=$folder/ceph.conf

daemons=()
leave() {
  trap - EXIT TERM INT HUP
  # Nothing here is worth a clean shutdown: the data is in memory and is thrown away.
  for pid in "${daemons[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap leave EXIT
trap 'exit 143' TERM INT HUP

fail() {
  echo "the S3 server did not start: $1" >&2
  tail -n 5 "$folder"/log/*.out >&2 || true
  exit 1
}

daemon() {
  local name=$1
  shift
  "$@" </dev/null >"$folder/log/$name.out" 2>&1 &
  daemons+=($!)
}

once() {
  local name=$1
  shift
  timeout 60 "$@" </dev/null >"$folder/log/$name.out" 2>&1 || fail "$name"
}

cluster_id=$(cat /proc/sys/kernel/random/uuid)
osd_id=$(cat /proc/sys/kernel/random/uuid)
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $cluster_id
mon_host = v2:127.0.0.1:$monitor_port
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
mon_data = $folder/monitor
osd_data = $folder/osd
rgw_data = $folder/gateway
run_dir = $folder/run
admin_socket = $folder/run/\$name.asok
log_file = $folder/log/\$name.log
crash_dir = $folder/log
# One OSD holds every object once.
osd_objectstore = memstore
memstore_device_bytes = 4G
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
# Short rounds of agreement, for there is nobody to agree with: half of the start would be waiting.
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
# A client that comes too early asks again soon, not after the usual 3 s.
mon_client_hunt_interval = 0.3
# A test machine's disk may be nearly full; nothing is kept on it.
mon_data_avail_warn = 1
mon_data_avail_crit = 1
# Nobody reads its logs: what it gathers for them, and what it checks on loopback, is a third of its work.
debug_ms = 0/0
debug_osd = 0/0
debug_rgw = 0/0
debug_rados = 0/0
debug_objclass = 0/0
debug_objecter = 0/0
debug_throttle = 0/0
debug_monc = 0/0
ms_crc_data = false
ms_crc_header = false
osd_op_queue = wpq

[client.rgw.a]
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
rgw_enable_quota_threads = false
rgw_run_sync_thread = false
rgw_frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
ms_mon_client_mode = crc
CONF

release=$(ceph-mon --version | sed -E 's/.*\) ([a-z]+) .*/\1/')
once map monmaptool --create --fsid "$cluster_id" --addv a "v2:127.0.0.1:$monitor_port" \
  --set-min-mon-release "$release" "$folder/monitors"
once monitor-folder ceph-mon -i a --mkfs --monmap "$folder/monitors"
daemon monitor ceph-mon -i a -f
once osd-number ceph osd new "$osd_id"
once osd-folder ceph-osd -i 0 --mkfs --osd-uuid "$osd_id"
daemon osd ceph-osd -i 0 -f
once user radosgw-admin user create --uid=holdfast --display-name=holdfast \
  --access-key="$AWS_ACCESS_KEY_ID" --secret-key="$AWS_SECRET_ACCESS_KEY"
daemon gateway radosgw -n client.rgw.a -f
gateway=${daemons[-1]}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$s3_port") 2>/dev/null; }
for ((attempt = 0; ; attempt++)); do
  answers && break
  kill -0 "$gateway" 2>/dev/null || fail gateway
  ((attempt < 600)) || fail 'gateway (no answer)'
  sleep 0.05
done
echo ready

# Until standard input closes. `read` fails at its end, and a signal interrupts it.
while read -r _; do :; done
