# The workflow with the cuda backend: the CUDA toolkit compiles the kernels for the GPU that it finds at the first simulation.
# From the top of a clone: docker build -f containers/cuda.Dockerfile -t procortex-cuda .
FROM nvidia/cuda:13.0.1-devel-ubuntu24.04

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends g++ git make python3 python3-dev python3-venv \
    && rm -rf /var/lib/apt/lists/*

COPY . /opt/procortex
RUN cd /opt/procortex && git config --system --add safe.directory /opt/procortex && make env \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements/gpu.txt

ENV PATH="/opt/procortex/.venv/bin:${PATH}" XDG_CACHE_HOME=/tmp/cache
WORKDIR /data
CMD ["snakemake", "--snakefile", "/opt/procortex/Snakefile", "--cores", "all"]
