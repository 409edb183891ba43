# The program as an image: the bundle, the Node that it runs on, and the three programs that it starts itself. Whatever
# else it needs (git, useradd, systemctl) it runs in the namespaces of the machine that it serves.
#
# Both base images may be replaced by any Debian with the Node of package.json in /usr/local/bin; the first needs npm too.
ARG BUILD_IMAGE=docker.io/library/node:24.21.0-bookworm-slim
ARG FILES_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY build.ts ./
COPY src src
RUN node build.ts && find dist -name '*.map' -delete

# Taken file by file, so that there is no shell and no package manager for whoever breaks in.
FROM ${FILES_IMAGE} AS files
RUN set -eu; \
  for program in /usr/local/bin/node /usr/bin/flock /usr/bin/nsenter /usr/bin/setpriv; do \
    echo "$program"; \
    ldd "$program" | grep -o '/[^ ]*'; \
  done | sort -u | while read -r file; do \
    install -D "$file" "/image$file"; \
  done; \
  mkdir -p /image/etc; \
  echo 'root:x:0:0::/:' >/image/etc/passwd; \
  echo 'workstation:x:65532:65532::/:' >>/image/etc/passwd; \
  printf '%s\n' '#!/usr/local/bin/node' "import('/opt/workstation/dist/main.js');" >/image/usr/local/bin/workstation; \
  chmod 755 /image/usr/local/bin/workstation

FROM scratch
COPY --from=files /image /
COPY --from=build /build/package.json /opt/workstation/
COPY --from=build /build/dist /opt/workstation/dist
ENV PATH=/usr/local/bin:/usr/bin
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/workstation"]
