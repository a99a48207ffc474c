import { describe, expect, it } from 'vitest'
import { eviction, group, plan } from '../../test/support/made-up-plans.ts'
import { rebalanceReport } from './report-json.ts'

describe('the report as JSON', () => {
  it('has the fields that others rely on, and null where no number of evictions is enough', () => {
    const unreachable = group({ a: 3, b: 0 }, { status: 'Blocked', reason: 'NoRoom', message: 'no room in b', reachableBound: undefined })
    const made = plan([unreachable], [eviction(1)], [{ reason: 'DomainOutage', message: 'c is out' }])
    const report: unknown = JSON.parse(JSON.stringify(rebalanceReport(made)))

    expect(report).toMatchInlineSnapshot(`
      {
        "apiVersion": "respread.io/v1alpha1",
        "evictions": [
          {
            "certainty": "certain",
            "fromDomain": "az-a",
            "groups": [
              "shop/Deployment/web/topology.kubernetes.io/zone/DoNotSchedule",
            ],
            "namespace": "shop",
            "node": "node-a-1",
            "order": 1,
            "pod": "web-7c9f8d6b5-bx2k1",
            "toDomain": "az-c",
            "toDomains": [
              "az-c",
            ],
            "topologyKey": "topology.kubernetes.io/zone",
            "uid": "uid-1",
            "waitsFor": null,
            "wave": 1,
            "workload": {
              "kind": "Deployment",
              "name": "web",
            },
          },
        ],
        "groups": [
          {
            "alsoCounted": [],
            "blockers": [],
            "domains": [
              {
                "acceptsPods": true,
                "count": 3,
                "countAfter": 3,
                "name": "a",
              },
              {
                "acceptsPods": true,
                "count": 0,
                "countAfter": 0,
                "name": "b",
              },
            ],
            "excess": 2,
            "excessAfter": 0,
            "id": "shop/Deployment/web/topology.kubernetes.io/zone/DoNotSchedule",
            "lowerBound": 0,
            "maxSkew": 1,
            "members": 3,
            "message": "no room in b",
            "minDomains": 1,
            "namespace": "shop",
            "origin": "pod",
            "planned": 0,
            "reachableBound": null,
            "reason": "NoRoom",
            "risk": {
              "after": 1,
              "now": 1,
              "readyPods": 3,
            },
            "skew": 3,
            "skewAfter": 3,
            "status": "Blocked",
            "staying": [],
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "workload": {
              "kind": "Deployment",
              "name": "web",
            },
            "workloads": [
              {
                "kind": "Deployment",
                "name": "web",
              },
            ],
          },
        ],
        "kind": "RebalanceReport",
        "notices": [
          {
            "message": "c is out",
            "reason": "DomainOutage",
          },
        ],
        "summary": {
          "blockedGroups": 1,
          "groups": 1,
          "heldGroups": 0,
          "losingHalfWithOneDomain": {
            "after": 1,
            "now": 1,
          },
          "lowerBound": 0,
          "nodes": 9,
          "plannedEvictions": 1,
          "pods": 3,
          "reachableBound": 0,
          "violatedGroups": 1,
        },
      }
    `)
  })
})
