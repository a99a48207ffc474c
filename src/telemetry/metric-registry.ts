import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

type Labels = Readonly<Record<string, string>>

interface CounterMetric {
  add(labels: Labels, by?: number): void
}

interface GaugeMetric {
  set(labels: Labels, value: number): void
  add(labels: Labels, by?: number): void
  /** Forgets every series. */
  clear(): void
}

interface HistogramMetric {
  observe(value: number): void
}

/**
 * Where metrics are defined; the one place that knows prom-client. Every name is prefixed with `respread_`; the metrics of the process come
 * under the names that all Node programs use.
 */
export interface MetricRegistry {
  counter(name: string, help: string, labels?: readonly string[]): CounterMetric
  gauge(name: string, help: string, labels?: readonly string[]): GaugeMetric
  histogram(name: string, help: string, buckets: readonly number[]): HistogramMetric
  /** A gauge that is filled anew at each scrape. */
  scrapedGauge(name: string, help: string, labels: readonly string[], fill: (gauge: GaugeMetric) => void): void
  /** A counter whose totals somebody else keeps, copied at each scrape. */
  scrapedCounter(name: string, help: string, labels: readonly string[], fill: (counter: CounterMetric) => void): void
  readonly contentType: string
  /** The text that Prometheus scrapes. */
  text(): Promise<string>
}

export function createMetricRegistry(): MetricRegistry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const define = (name: string, help: string, labelNames: readonly string[] = []) => ({
    name: `respread_${name}`,
    help,
    labelNames,
    registers: [registry],
  })
  return {
    counter: (name, help, labels) => counterOf(new Counter(define(name, help, labels))),
    gauge: (name, help, labels) => gaugeOf(new Gauge(define(name, help, labels))),
    histogram: (name, help, buckets) => {
      const metric = new Histogram({ ...define(name, help), buckets: [...buckets] })
      return { observe: value => metric.observe(value) }
    },
    scrapedGauge: (name, help, labels, fill) => {
      const collect = (): void => {
        metric.reset()
        fill(gaugeOf(metric))
      }
      const metric: Gauge = new Gauge({ ...define(name, help, labels), collect })
    },
    scrapedCounter: (name, help, labels, fill) => {
      const collect = (): void => {
        metric.reset()
        fill(counterOf(metric))
      }
      const metric: Counter = new Counter({ ...define(name, help, labels), collect })
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

function counterOf(metric: Counter): CounterMetric {
  return { add: (labels, by = 1) => metric.inc(labels, by) }
}

function gaugeOf(metric: Gauge): GaugeMetric {
  return {
    set: (labels, value) => metric.set(labels, value),
    add: (labels, by = 1) => metric.inc(labels, by),
    clear: () => metric.reset(),
  }
}
