"""Running code outside of Python, or in another environment, that reports what it does as it goes.

The other side uses the guest library `dagster-pipes`, which depends on nothing, or one for its own language. It finds two
environment variables: where to read its context (assets, partition, run, extras), and where to write messages (logs, materializations,
checks). Both values are JSON, compressed and in base64.

    @dg.asset
    def table(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient):
        return pipes.run(context=context, command=["python", "make_table.py"]).get_materialize_result()
"""
