"""What finds assets and checks in a graph, and the expressions that say so."""
