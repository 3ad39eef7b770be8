#!/bin/bash
# MIG: a slice is its GPU's node and two capabilities; nobody but root may reshape the GPU.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root
HOST=$WORK/host
nvidia_host "$HOST" mig=yes

devices_of() {
  nvidia_hook plan --gpus "$1"
  expect_status 0
  jq -r '.devices[].path' <<<"$STDOUT" | paste -sd' '
}
SHARED="/dev/nvidiactl /dev/nvidia-uvm /dev/nvidia-uvm-tools"
CAP=/dev/nvidia-caps/nvidia-cap
expect_equal "$(devices_of 0:1)" "$SHARED /dev/nvidia1 ${CAP}21 ${CAP}22" "the second slice"
expect_equal "$(devices_of 0)" "$SHARED /dev/nvidia1 ${CAP}12 ${CAP}13 ${CAP}21 ${CAP}22" "the whole GPU"
nvidia_hook plan --gpus 0:2
expect_error_contains "there is no slice 0:2"

# By UUID: /proc doesn't have them, so the driver's own nvidia-smi is asked; otherwise it isn't.
UUID=MIG-8a6bc65e-6ac8-5cd3-9f1a-000000000002
cat >"$HOST/usr/bin/nvidia-smi" <<END
#!/bin/sh
echo "\$*" >>"$WORK/asked"
case \$1 in
  -L) cat <<LIST
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-00000000-0000-0000-0000-000000000000)
  MIG 1g.10gb     Device  0: (UUID: MIG-8a6bc65e-6ac8-5cd3-9f1a-000000000001)
  MIG 1g.10gb     Device  1: (UUID: $UUID)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-00000000-0000-0000-0000-000000000001)
LIST
    ;;
  -q) cat <<QUERY
<?xml version="1.0" ?>
<nvidia_smi_log><gpu id="00000000:19:00.0">
  <uuid>GPU-00000000-0000-0000-0000-000000000000</uuid>
  <mig_devices>
    <mig_device><index>0</index><gpu_instance_id>2</gpu_instance_id><compute_instance_id>0</compute_instance_id></mig_device>
    <mig_device><index>1</index><gpu_instance_id>1</gpu_instance_id><compute_instance_id>0</compute_instance_id></mig_device>
  </mig_devices>
</gpu><gpu id="00000000:29:00.0"><uuid>GPU-00000000-0000-0000-0000-000000000001</uuid></gpu></nvidia_smi_log>
QUERY
    ;;
esac
END
expect_equal "$(devices_of "$UUID")" "$SHARED /dev/nvidia1 ${CAP}12 ${CAP}13" "the slice of the UUID"
expect_equal "$(cat "$WORK/asked")" $'-L\n-q -x' "what nvidia-smi was asked"
expect_equal "$(devices_of "${UUID,,},0:1")" "$SHARED /dev/nvidia1 ${CAP}12 ${CAP}13 ${CAP}21 ${CAP}22" "both slices"
rm "$WORK/asked"
# As drivers before 470 named them: nothing has to be asked.
expect_equal "$(devices_of MIG-GPU-00000000-0000-0000-0000-000000000000/2/0)" "$SHARED /dev/nvidia1 ${CAP}21 ${CAP}22" "an old name"
[ ! -e "$WORK/asked" ] || fail "nvidia-smi was asked without need"
nvidia_hook plan --gpus MIG-8a6b
expect_error_contains "there is no GPU MIG-8a6b"
expect_error_contains "such as 0:1"
printf '#!/bin/sh\necho "Unable to determine the device handle" >&2; exit 9\n' >"$HOST/usr/bin/nvidia-smi"
nvidia_hook plan --gpus MIG-8a6b
expect_error_contains "nvidia-smi -L: Unable to determine the device handle"
rm "$HOST/usr/bin/nvidia-smi"
nvidia_hook plan --gpus MIG-8a6b
expect_error_contains "the host has no nvidia-smi"
