#!/bin/sh
# One command for the newest Polku under compose.yaml: backup, new sources, new image, new container. The old container
# serves until the new image is built; the gap is one stop and one start. Run it in the folder of compose.yaml.
set -eu
cd "$(dirname "$0")"
stamp=$(date -u +%Y-%m-%dT%H%M%SZ)

docker compose exec polku polku backup "/backups/before-upgrade-$stamp.tar"
git -C .. pull --ff-only
docker tag polku:local polku:before-upgrade
docker compose build --pull
if docker compose up --detach --wait --wait-timeout 180; then
    docker compose exec polku polku doctor
    echo "Upgraded. The backup before it is backups/before-upgrade-$stamp.tar."
else
    docker compose logs --tail 50 polku
    echo "The new Polku did not become ready. To go back to the old one and its data:"
    echo "  docker tag polku:before-upgrade polku:local"
    echo "  docker compose stop polku"
    echo "  docker compose run --rm polku restore --yes /backups/before-upgrade-$stamp.tar"
    echo "  docker compose up --detach --no-build"
    exit 1
fi
