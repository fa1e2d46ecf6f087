# One image for all our processes; the command says which: lib/worker.js, lib/gateway.js, lib/starter.js, lib/operator.js, lib/codec-server.js. FinHub's
# sandbox is an image of its own (--target sandbox), so that nothing of it is where money moves.
# Debian, since the Temporal SDK's native core needs glibc and does not run on musl.
ARG NODE_IMAGE=node:24.18.0-bookworm-slim

FROM ${NODE_IMAGE} AS tools
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/project.mjs scripts/bundle.mjs scripts/old-files.mjs scripts/programs.mjs scripts/build-programs.mjs \
     scripts/licences.mjs scripts/supply-chain.mjs scripts/

FROM tools AS build
COPY src src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM tools AS build-sandbox
COPY sandbox sandbox
RUN npm run build.sandbox && npm prune --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE} AS base
WORKDIR /app
COPY package.json ./
COPY deploy/probe.mjs deploy/probe.mjs
# A named volume takes over this folder's owner when it is first mounted.
RUN install --directory --owner=node --group=node --mode=0700 /data
ENV NODE_ENV=production
ENTRYPOINT ["node"]

FROM base AS sandbox
COPY --from=build-sandbox /app/node_modules node_modules
COPY --from=build-sandbox /app/sandbox/lib sandbox/lib
USER node
CMD ["sandbox/lib/main.js"]

FROM base
# The native core checks Temporal's certificate with the system's, of which the slim image has none.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/lib lib
COPY examples examples
USER node
CMD ["lib/worker.js"]
