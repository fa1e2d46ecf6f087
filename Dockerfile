# One image for all our processes; the command says which: lib/worker.js, lib/gateway.js, lib/starter.js, lib/operator.js, lib/codec-server.js, lib/sandbox.js.
# Debian, since the Temporal SDK's native core needs glibc and does not run on musl.
ARG NODE_IMAGE=node:24.18.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
# The native core checks Temporal's certificate with the system's, of which the slim image has none.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/lib lib
COPY examples examples
COPY deploy/probe.mjs deploy/probe.mjs
# A named volume takes over this folder's owner when it is first mounted.
RUN install --directory --owner=node --group=node --mode=0700 /data
ENV NODE_ENV=production
USER node
ENTRYPOINT ["node"]
CMD ["lib/worker.js"]
