# Two stages: what compiles stays behind. The image runs as a plain user and needs no writable root.
#
#   docker build -t penstock .
#   docker run --read-only -v $PWD/conf:/etc/penstock:ro -p 8443:8443 penstock

FROM debian:12-slim AS build
WORKDIR /src
COPY .ci/deps .ci/deps
RUN apt-get update && .ci/deps build
COPY . .
RUN cmake --preset release -DBUILD_TESTING=OFF \
    && cmake --build --preset release --target penstock \
    && DESTDIR=/out cmake --install build/release --prefix /usr

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libmicrohttpd12 libcurl4 libssl3 libjwt0 \
       libjansson4 libpcre2-8-0 libvectorscan5 libyaml-0-2 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/usr/bin/penstock /usr/bin/penstock
USER 65532:65532
EXPOSE 8443
# The admin listener of the shipped examples; a configuration without one should override this.
HEALTHCHECK --interval=10s --timeout=3s CMD ["/usr/bin/penstock", "health", "--admin", "http://127.0.0.1:9901"]
ENTRYPOINT ["/usr/bin/penstock"]
CMD ["run", "-c", "/etc/penstock/penstock.yaml"]
