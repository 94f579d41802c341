"""JSON under `/api/v1`: one file for each resource, its schemas beside its routes."""
